package dev.jvmrtc.rtp.congestion;

import java.util.Arrays;

/**
 * Divides the bit rate of a transport among what is sent over it: sound first, since it is small and missed most; the
 * rest by their weights.
 */
public final class BitrateShares {
    /** More than this a sound source is not given: Opus in stereo and G.711 are content with it. */
    public static final long AUDIO = 64_000;

    private BitrateShares() {}

    /**
     * Bits per second for each stream. What a stream may not take, because of its limit, goes to the others.
     *
     * @param video which streams are video
     * @param limits the most that each may take; Long.MAX_VALUE for no limit
     * @param weights how much each is to have beside the others; of video
     */
    public static long[] divide(long total, boolean[] video, long[] limits, int[] weights) {
        long[] shares = new long[video.length];
        long audioStreams = 0;
        for (boolean v : video) {
            audioStreams += v ? 0 : 1;
        }
        long left = total;
        for (int i = 0; i < video.length; i++) {
            if (!video[i]) {
                shares[i] = Math.min(Math.min(AUDIO, limits[i]), total / Math.max(1, audioStreams));
                left -= shares[i];
            }
        }
        // The smallest limits for their weight first: whoever cannot take its share leaves the rest to those that
        // follow.
        Integer[] order = new Integer[(int) (video.length - audioStreams)];
        long weightLeft = 0;
        for (int i = 0, n = 0; i < video.length; i++) {
            if (video[i]) {
                order[n++] = i;
                weightLeft += weights[i];
            }
        }
        if (order.length > 1) {
            Arrays.sort(
                    order, (a, b) -> Double.compare((double) limits[a] / weights[a], (double) limits[b] / weights[b]));
        }
        for (int i : order) {
            long share = Math.min(limits[i], (long) ((double) left * weights[i] / weightLeft));
            shares[i] = share;
            left -= share;
            weightLeft -= weights[i];
        }
        return shares;
    }
}
