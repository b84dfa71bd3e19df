package dev.jvmrtc.media.file;

import dev.jvmrtc.fuzz.FuzzBounds;
import dev.jvmrtc.media.frame.VideoFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Reads any bytes as a Y4M file. */
public final class Y4mFuzz {

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzBounds.work(data.length, () -> {
            try (Y4m.Reader r = new Y4m.Reader(Containers.file("x.y4m", data))) {
                long pixels = 0;
                for (VideoFrame f = r.read(); f != null; f = r.read()) {
                    pixels += (long) f.width() * f.height();
                    f.release();
                }
                FuzzBounds.atMost(data.length, pixels, "pixels");
            } catch (IOException e) {
                // refused
            }
        });
    }

    /** First inputs, by name. */
    static Map<String, byte[]> seeds() throws IOException {
        Path p = Containers.file("s.y4m", new byte[0]);
        try (Y4m.Writer w = new Y4m.Writer(p, 25)) {
            VideoFrame f = VideoFrame.allocate(16, 16, 0);
            w.write(f);
            f.release();
        }
        return Map.of("one-frame", Files.readAllBytes(p));
    }

    private Y4mFuzz() {}
}
