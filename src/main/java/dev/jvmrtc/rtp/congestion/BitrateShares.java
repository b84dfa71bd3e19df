package dev.jvmrtc.rtp.congestion;

import java.util.Arrays;

/** Divides the bit rate of a transport among what is sent over it: sound first, since it is small and missed most; the rest in equal shares. */
public final class BitrateShares {
    /** More than this a sound source is not given: Opus in stereo and G.711 are content with it. */
    public static final long AUDIO = 64_000;

    private BitrateShares() {
    }

    /**
     * Bits per second for each stream. What a stream may not take, because of its limit, goes to the others.
     *
     * @param video which streams are video
     * @param limits the most that each may take; Long.MAX_VALUE for no limit
     */
    public static long[] divide(long total, boolean[] video, long[] limits) {
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
        // The smallest limits first: whoever cannot take an equal share leaves the rest to those that follow.
        Integer[] order = java.util.stream.IntStream.range(0, video.length).filter(i -> video[i]).boxed().toArray(Integer[]::new);
        Arrays.sort(order, (a, b) -> Long.compare(limits[a], limits[b]));
        for (int k = 0; k < order.length; k++) {
            long share = Math.min(limits[order[k]], left / (order.length - k));
            shares[order[k]] = share;
            left -= share;
        }
        return shares;
    }
}
