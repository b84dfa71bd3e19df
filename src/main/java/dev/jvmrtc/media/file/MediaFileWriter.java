package dev.jvmrtc.media.file;

import dev.jvmrtc.media.frame.EncodedFrame;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes encoded tracks of audio and video to one file as they come. What is written can be played while it is, and
 * after the process has died but for the last second (two of MP4); {@link #close} adds what lets players seek.
 * {@link CallRecorder} feeds one with the tracks of a call.
 *
 * <p>Tracks may be added at any time. One thread at a time.
 */
public interface MediaFileWriter extends Closeable {

    /**
     * A writer by the file's name: {@code .webm}, {@code .mkv} and {@code .mka} Matroska, which holds all codecs;
     * {@code .mp4} and {@code .m4a} MP4, which holds H264, H265, VP9, AV1 and opus.
     *
     * @param file replaced where it exists
     * @return a writer, to be closed
     * @throws IOException for another name, and where the file cannot be written
     */
    static MediaFileWriter create(Path file) throws IOException {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".webm") || name.endsWith(".mkv") || name.endsWith(".mka")) {
            return new MatroskaWriter(file);
        }
        if (name.endsWith(".mp4") || name.endsWith(".m4a")) {
            return new Mp4Writer(file);
        }
        throw new IOException(file + ": a file with several tracks is .webm, .mkv, .mka, .mp4 or .m4a");
    }

    /**
     * Whether a file of this kind holds a codec.
     *
     * @param codec its name as in SDP
     * @return false where a track of it would be refused
     */
    boolean holds(String codec);

    /**
     * Adds a track, which begins with its first frame that needs no other. Throws IOException where the file cannot
     * hold the codec, or has no room for a further track.
     *
     * @param codec name as in SDP: VP8, VP9, H264, H265, AV1, opus, PCMU or PCMA; case does not matter. Null leaves it
     *     to the first frame
     * @param name what players show as the track's name, or null; what is beyond 64 characters is left out
     * @return the track's number in this file
     * @throws IOException where the file cannot hold the codec, or has no room for a further track
     */
    int addTrack(String codec, String name) throws IOException;

    /**
     * Writes a frame in the track's codec: H.264 and H.265 in Annex B form, AV1 as units with their lengths. Frames
     * before the first that needs no other, and such without content, are left out.
     *
     * @param micros when it is to be shown or heard, in microseconds since the beginning of the file, the same clock
     *     for all tracks. A gap between frames is kept. What does not go on from the track's last frame, or comes more
     *     than a second after later frames of other tracks, is written at the earliest time that is left
     * @param track its number, from {@link #addTrack}
     * @param frame in the track's codec
     * @return whether it was taken
     * @throws IOException where the file cannot be written
     */
    boolean write(int track, EncodedFrame frame, long micros) throws IOException;

    /**
     * Says that a track has no more frames, so that those of others need not wait for it.
     *
     * @param track its number, from {@link #addTrack}
     */
    void endTrack(int track);

    /** Completes the file. */
    @Override
    void close() throws IOException;
}
