package dev.jvmrtc.srtp;

/**
 * Which rollover counter to try where the likeliest was wrong. RFC 3711 §3.3.1 finds the counter after any loss of less
 * than 2^15 packets; after more it is one of the next ones, which an authentic packet proves. One trial in a while, so
 * that forged packets do not cost two checks each.
 */
final class RolloverSearch {
    /** Counters tried in turn: 2^16 packets each, which is minutes of video. */
    static final int MAX_AHEAD = 8;
    /** Between two trials. */
    static final long INTERVAL_NANOS = 10_000_000L;

    private boolean suspicious;
    private boolean tried;
    private long triedNanos;
    private int step;

    /** A packet was not authentic under the likeliest counter. */
    void suspect() {
        suspicious = true;
    }

    boolean isSuspicious() {
        return suspicious;
    }

    boolean isDue(long now) {
        return !tried || now - triedNanos >= INTERVAL_NANOS;
    }

    /** How many counters ahead of the likeliest to try now: 1 … {@link #MAX_AHEAD}. */
    int nextStep(long now) {
        tried = true;
        triedNanos = now;
        step = step % MAX_AHEAD + 1;
        return step;
    }

    /** A packet was authentic. */
    void found() {
        suspicious = false;
        step = 0;
    }
}
