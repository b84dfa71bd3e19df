package dev.jvmrtc.sctp.tx;

/**
 * HyStart++ (RFC 9406): slow start ends when round trips begin to take longer, before the queue on the way is full;
 * carefully, since it may have been a coincidence.
 */
final class SlowStartExit {
    /** RFC 9406 §4.2 and §4.3. */
    private static final long MIN_RTT_THRESHOLD_NANOS = 4_000_000L;

    private static final long MAX_RTT_THRESHOLD_NANOS = 16_000_000L;
    private static final int MIN_RTT_DIVISOR = 8;
    private static final int SAMPLES = 8;
    private static final int CONSERVATIVE_GROWTH_DIVISOR = 4;
    private static final int CONSERVATIVE_ROUNDS = 5;
    private static final long UNKNOWN = Long.MAX_VALUE;

    /** The shortest round trip of the last round. */
    private long lastRoundMinNanos = UNKNOWN;
    /** The shortest of this one so far. */
    private long roundMinNanos = UNKNOWN;
    /** Round trips measured in this round. */
    private int samples;
    /** Whether round trips take longer, so that the window grows carefully. */
    private boolean conservative;
    /** The round trip with which that began: a shorter one ends it. */
    private long baselineNanos;
    /** Rounds since then. */
    private int conservativeRounds;

    /** How much the window grows in slow start by so many bytes that have arrived. */
    long growth(long bytes) {
        return conservative ? bytes / CONSERVATIVE_GROWTH_DIVISOR : bytes;
    }

    void measured(long rttNanos) {
        roundMinNanos = Math.min(roundMinNanos, rttNanos);
        if (++samples < SAMPLES) {
            return;
        }
        if (conservative) {
            conservative = roundMinNanos >= baselineNanos;
        } else if (lastRoundMinNanos != UNKNOWN) {
            long threshold = Math.max(
                    MIN_RTT_THRESHOLD_NANOS, Math.min(lastRoundMinNanos / MIN_RTT_DIVISOR, MAX_RTT_THRESHOLD_NANOS));
            if (roundMinNanos >= lastRoundMinNanos + threshold) {
                conservative = true;
                baselineNanos = roundMinNanos;
                conservativeRounds = 0;
            }
        }
    }

    /** A round trip has passed; whether slow start is over. */
    boolean roundEnded() {
        boolean over = conservative && ++conservativeRounds >= CONSERVATIVE_ROUNDS;
        conservative &= !over;
        lastRoundMinNanos = roundMinNanos;
        roundMinNanos = UNKNOWN;
        samples = 0;
        return over;
    }
}
