package dev.jvmrtc.media.frame;

/**
 * What an encoder or a decoder of video has done so far.
 *
 * @param frames encoded or decoded
 * @param keyFrames of them, key frames
 * @param dropped frames left out: by an encoder for the sake of the bitrate or because it was busy, by a decoder
 *     because they could not be decoded
 * @param width of the last frame as it was encoded; 0 before the first
 * @param height as {@code width}
 * @param seconds spent on it
 * @param framesPerSecond in the last whole second
 * @param limitation why frames are smaller or fewer than the source's: {@code none} or {@code cpu}; {@code none} for a
 *     decoder
 */
public record CodecStatistics(
        long frames,
        long keyFrames,
        long dropped,
        int width,
        int height,
        double seconds,
        double framesPerSecond,
        String limitation) {}
