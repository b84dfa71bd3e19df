package dev.jvmrtc.media;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Encoded frames read from a file, in decode order.
 *
 * @param kind "audio" or "video"
 * @param format what the frames are
 * @param clockRate of the frames' timestamps in Hz
 * @param frames timestamps begin at 0
 * @param duration of the whole in units of the clock, one frame after the last
 */
public record Clip(String kind, EncodedFormat format, int clockRate, List<EncodedFrame> frames, long duration) {

    public Clip {
        frames = List.copyOf(frames);
        if (frames.isEmpty()) {
            throw new IllegalArgumentException("a clip has one frame or more");
        }
    }

    /**
     * Reads a file by its name: {@code .ivf} (VP8, VP9), {@code .ogg} or {@code .opus} (Opus), {@code .h264} (Annex B, taken as 25 frames a second). Throws
     * IOException with a sentence for anything else.
     */
    public static Clip read(Path file) throws IOException {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        byte[] data = Files.readAllBytes(file);
        if (name.endsWith(".ivf")) {
            return Ivf.read(data);
        }
        if (name.endsWith(".ogg") || name.endsWith(".opus")) {
            return OggOpus.read(data);
        }
        if (name.endsWith(".h264") || name.endsWith(".264")) {
            return AnnexB.read(data, 25);
        }
        throw new IOException(file + ": only .ivf, .ogg, .opus and .h264 files can be read");
    }
}
