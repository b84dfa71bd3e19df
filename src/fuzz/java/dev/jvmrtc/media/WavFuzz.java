package dev.jvmrtc.media;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Reads any bytes as a WAV file. */
public final class WavFuzz {

    public static void fuzzerTestOneInput(byte[] data) {
        try (Wav.Reader r = new Wav.Reader(Containers.file("x.wav", data))) {
            for (int i = 0; i < 20 && r.read(20) != null; i++) {
                r.channels();
            }
        } catch (IOException e) {
            // refused
        }
    }

    /** First inputs, by name. */
    static Map<String, byte[]> seeds() throws IOException {
        Path p = Containers.file("s.wav", new byte[0]);
        try (Wav.Writer w = new Wav.Writer(p)) {
            w.write(new AudioFrame(new short[96], 48_000, 2));
        }
        return Map.of("short", Files.readAllBytes(p));
    }

    private WavFuzz() {
    }
}
