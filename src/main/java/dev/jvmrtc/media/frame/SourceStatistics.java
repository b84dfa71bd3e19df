package dev.jvmrtc.media.frame;

/**
 * What a raw track has given to its encoder so far (webrtc-stats §8.8, media-source).
 *
 * @param width of the last picture; 0 for sound, as {@code height}, {@code frames} and {@code framesPerSecond}
 * @param frames pictures
 * @param framesPerSecond in the last whole second
 * @param audioLevel of the last sound, from 0 to 1; 0 for pictures, as the rest
 * @param audioEnergy the mean square of the samples, from 0 to 1, times the seconds
 * @param samplesSeconds how long the sound lasted
 */
public record SourceStatistics(
        int width,
        int height,
        long frames,
        double framesPerSecond,
        double audioLevel,
        double audioEnergy,
        double samplesSeconds) {}
