package dev.jvmrtc.media.frame;

/**
 * What a raw track has given to its encoder so far (webrtc-stats §8.8, media-source).
 *
 * @param width of the last frame; 0 for audio, as {@code height}, {@code frames} and {@code framesPerSecond}
 * @param frames of video
 * @param framesPerSecond in the last whole second
 * @param audioLevel of the last audio frame, from 0 to 1; 0 for video, as the rest
 * @param audioEnergy the mean square of the samples, from 0 to 1, times the seconds
 * @param samplesSeconds how long the audio lasted
 */
public record SourceStatistics(
        int width,
        int height,
        long frames,
        double framesPerSecond,
        double audioLevel,
        double audioEnergy,
        double samplesSeconds) {}
