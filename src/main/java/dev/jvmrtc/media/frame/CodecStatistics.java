package dev.jvmrtc.media.frame;

/**
 * What an encoder or a decoder of pictures has done so far.
 *
 * @param frames pictures encoded or decoded
 * @param keyFrames of them, key frames
 * @param dropped pictures left out: by an encoder for the sake of the bitrate or because it was busy, by a decoder
 *     because they could not be decoded
 * @param width of the last picture as it was encoded; 0 before the first
 * @param height as {@code width}
 * @param seconds spent on it
 * @param framesPerSecond in the last whole second
 * @param limitation why pictures are smaller or fewer than the source's: {@code none} or {@code cpu}; {@code none} for
 *     a decoder
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
