package dev.jvmrtc.media.file;

import dev.jvmrtc.media.frame.EncodedFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Reads any bytes as an Ogg file with Opus. */
public final class OggFuzz {

    public static void fuzzerTestOneInput(byte[] data) {
        Containers.clip(data, OggOpus::read);
    }

    /** First inputs, by name. */
    static Map<String, byte[]> seeds() throws IOException {
        Path p = Containers.file("x.ogg", new byte[0]);
        try (OggOpus.Writer w = new OggOpus.Writer(p, 2)) {
            for (int i = 0; i < 3; i++) {
                w.write(EncodedFrame.of(new byte[] {(byte) 0xfc, 1, 2, 3}, "opus", i * 960L, true));
            }
        }
        return Map.of("three-packets", Files.readAllBytes(p));
    }

    private OggFuzz() {}
}
