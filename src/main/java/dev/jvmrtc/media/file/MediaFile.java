package dev.jvmrtc.media.file;

import dev.jvmrtc.core.Steps;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads files with several tracks, without decoding them: what is whole of a file that is cut off too. */
public final class MediaFile {
    static final int MAX_TRACKS = 64;
    /** Longer times than Clip's thirty days are not looked at: what is computed from them fits. */
    static final long MAX_MICROS = 100L * 24 * 3_600 * 1_000_000;

    private MediaFile() {}

    /**
     * The tracks of a WebM, Matroska or MP4 file with VP8, VP9, H.264, AV1 or Opus in it, in the file's order. Their
     * timestamps have one beginning, that of the file, and all last as long as the longest, so that audio and video
     * that are played together stay together. Key frames of H.264 and AV1 have their parameter sets or sequence header
     * in them, from what the file says of the track where they come without; one whose are not known is no key frame.
     *
     * @param file the content of a whole file
     * @return its tracks, one or more
     * @throws IOException with a sentence, where it is no such file, has video or audio in another codec, frames in
     *     another order than they are decoded in, or none
     */
    public static List<Clip> read(byte[] file) throws IOException {
        List<ClipTrack> tracks = Mp4Reader.begins(file) ? new Mp4Reader(file).read() : new MatroskaReader(file).read();
        long end = 0;
        for (ClipTrack t : tracks) {
            assert Steps.count();
            end = t.isEmpty() ? end : Math.max(end, t.endMicros());
        }
        List<Clip> clips = new ArrayList<>();
        for (ClipTrack t : tracks) {
            if (!t.isEmpty()) {
                try {
                    clips.add(t.clip(end));
                } catch (IllegalArgumentException e) {
                    throw new IOException("it cannot be played: " + e.getMessage(), e);
                }
            }
        }
        if (clips.isEmpty()) {
            throw new EOFException("a file without a frame of audio or video");
        }
        return clips;
    }
}
