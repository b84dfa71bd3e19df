package dev.jvmrtc.media.file;

import dev.jvmrtc.fuzz.FuzzBounds;
import dev.jvmrtc.media.frame.EncodedFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Common to the targets that read files: any bytes are refused with a sentence, or give no more than is in them. */
final class Containers {
    private static Path scratch;

    private Containers() {}

    interface Reading {
        Clip read(byte[] file) throws IOException;
    }

    static void clip(byte[] data, Reading reading) {
        FuzzBounds.work(data.length, () -> {
            try {
                Clip clip = reading.read(data);
                long bytes = 0;
                for (EncodedFrame f : clip.frames()) {
                    bytes += f.data().length;
                }
                FuzzBounds.atMost(4L * data.length, bytes, "bytes of frames");
            } catch (IOException e) {
                // refused
            } catch (IllegalArgumentException e) {
                if (!e.getStackTrace()[0].getClassName().equals(Clip.class.getName())) {
                    throw e;
                }
                // refused by Clip, whose own door makes an IOException of it
            }
        });
    }

    /** The bytes as a file of this name, which is written over the next time. */
    static synchronized Path file(String name, byte[] data) {
        try {
            if (scratch == null) {
                scratch = Files.createTempDirectory("jvmrtc-fuzz");
                scratch.toFile().deleteOnExit();
            }
            Path p = scratch.resolve(name);
            p.toFile().deleteOnExit();
            return Files.write(p, data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
