package dev.jvmrtc.media.frame;

/**
 * How a received track has been played so far (webrtc-stats §8.4, inbound-rtp). Samples are those of all channels at
 * once.
 *
 * @param delaySeconds how long what was played had waited, summed over all samples or frames
 * @param emitted samples or frames played
 * @param targetSeconds how long they were meant to wait, summed likewise
 * @param concealedSamples made up for what was lost, or silence where nothing was left
 * @param concealments how often that began
 * @param silentSamples of {@code concealedSamples}, those of silence
 * @param addedSamples by playing slower
 * @param removedSamples by playing faster, or cut out
 * @param audioLevel the highest of the last 10 ms, from 0 to 1
 * @param audioEnergy the mean square of the samples, from 0 to 1, times the seconds
 * @param samplesSeconds how long the audio played so far lasted
 * @param freezes how often a frame was shown much longer than usual
 * @param freezeSeconds for how long, all together
 * @param betweenSeconds the times between frames, summed
 * @param betweenSquaredSeconds their squares, summed
 */
public record PlayoutStatistics(
        double delaySeconds,
        long emitted,
        double targetSeconds,
        long concealedSamples,
        long concealments,
        long silentSamples,
        long addedSamples,
        long removedSamples,
        double audioLevel,
        double audioEnergy,
        double samplesSeconds,
        long freezes,
        double freezeSeconds,
        double betweenSeconds,
        double betweenSquaredSeconds) {
    /** Nothing has been played yet. */
    public static final PlayoutStatistics NONE = new PlayoutStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
