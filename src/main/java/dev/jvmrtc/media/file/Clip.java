package dev.jvmrtc.media.file;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
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
 * @param frames timestamps begin at 0 and never go back; at most 1,000 frames a second
 * @param duration of the whole in units of the clock, one frame after the last
 */
public record Clip(String kind, EncodedFormat format, int clockRate, List<EncodedFrame> frames, long duration) {

    private static final List<String> SEVERAL = List.of(".webm", ".mkv", ".mka", ".mp4", ".m4a");
    private static final int MAX_RATE = 1_000;
    /** The longest time, and the largest file. */
    private static final long MAX_SECONDS = 30L * 24 * 3_600;

    private static final long MAX_FILE = 1L << 30;

    /**
     * Checks the frames.
     *
     * @param kind "audio" or "video"
     * @param format what the frames are
     * @param clockRate of the frames' timestamps in Hz
     * @param frames timestamps begin at 0 and never go back; at most 1,000 frames a second
     * @param duration of the whole in units of the clock, one frame after the last
     * @throws IllegalArgumentException where there are none, or their timestamps cannot be played
     */
    public Clip {
        frames = List.copyOf(frames);
        if (frames.isEmpty()) {
            throw new IllegalArgumentException("a clip has one frame or more");
        }
        long last = 0;
        for (EncodedFrame f : frames) {
            assert Steps.count();
            if (f.rtpTimestamp() < last) {
                throw new IllegalArgumentException("the timestamps of a clip begin at 0 and never go back");
            }
            last = f.rtpTimestamp();
        }
        if (clockRate < 1
                || duration < last
                || duration > MAX_SECONDS * clockRate
                || duration * MAX_RATE < (long) frames.size() * clockRate) {
            throw new IllegalArgumentException(
                    "a clip has at most " + MAX_RATE + " frames a second, and lasts 30 days at most");
        }
    }

    /**
     * Reads a file with one track by its name: {@code .ivf} (VP8, VP9), {@code .ogg} or {@code .opus} (Opus),
     * {@code .h264} (Annex B, at the frame rate that its parameter sets tell, or else 25 a second), and what
     * {@link #readAll} reads beside these.
     *
     * @param file of at most 1 GiB
     * @return its track
     * @throws IOException with a sentence for anything else
     */
    public static Clip read(Path file) throws IOException {
        List<Clip> all = readAll(file);
        if (all.size() > 1) {
            throw new IOException(file + " has " + all.size() + " tracks: Clip.readAll gives them all");
        }
        return all.get(0);
    }

    /**
     * Reads all tracks of a file: of {@code .webm}, {@code .mkv}, {@code .mka}, {@code .mp4} and {@code .m4a} with VP8,
     * VP9, H.264, AV1 and Opus, see {@link MediaFile}; of another that {@link #read} reads, its one.
     *
     * @param file of at most 1 GiB
     * @return its tracks, one or more
     * @throws IOException with a sentence for anything else
     */
    public static List<Clip> readAll(Path file) throws IOException {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (Files.size(file) > MAX_FILE) {
            throw new IOException(file + " has more than 1 GiB");
        }
        byte[] data = Files.readAllBytes(file);
        try {
            return SEVERAL.stream().anyMatch(name::endsWith) ? several(file, data) : List.of(read(file, name, data));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " cannot be played: " + e.getMessage(), e);
        }
    }

    private static List<Clip> several(Path file, byte[] data) throws IOException {
        try {
            return MediaFile.read(data);
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static Clip read(Path file, String name, byte[] data) throws IOException {
        if (name.endsWith(".ivf")) {
            return Ivf.read(data);
        }
        if (name.endsWith(".ogg") || name.endsWith(".opus")) {
            return OggOpus.read(data);
        }
        if (name.endsWith(".h264") || name.endsWith(".264")) {
            return AnnexB.read(data, 25);
        }
        throw new IOException(
                file + ": only .webm, .mkv, .mka, .mp4, .m4a, .ivf, .ogg, .opus and .h264 files can be read");
    }
}
