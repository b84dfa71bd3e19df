package dev.jvmrtc.sctp.tx;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

/**
 * Spreads what the congestion window allows over the round trip, so that neither a pause nor an acknowledgement of much
 * at once is followed by a burst that fills the queues on the way. Stands in for the Max.Burst of RFC 9260 §6.1 D.
 */
final class Pacer {
    /** What may leave at once: as much as in the beginning of an association. */
    private static final int BURST_PACKETS = 10;
    /** Timers of event loops are not finer than a millisecond. */
    private static final long BURST_NANOS = 2_000_000L;
    /** On shorter paths there is nothing to spread over. */
    private static final long MIN_RTT_NANOS = 2_000_000L;
    /**
     * Faster than the window is refilled: in slow start it doubles in a round trip, later it hardly grows (as TCP of
     * Linux does).
     */
    private static final double SLOW_START_GAIN = 2;

    private static final double GAIN = 1.25;

    /** How fast packets may leave; 0 where they all may at once. */
    private double bytesPerNano;
    /** Bytes that may leave now; negative after a packet that was larger than was left. */
    private double budget;
    /** The most that may leave at once. */
    private double burst;
    /** When the budget was as it says. */
    private long refilledNanos;
    /** Whether there has been a budget. */
    private boolean started;

    /** Tells how fast packets may leave; called whenever one of the figures may have changed. */
    void update(long now, CongestionController congestion, long srttNanos, int packetSize) {
        refill(now);
        double rate = congestion.pacingRate();
        if (rate == 0) {
            boolean slowStart = congestion.window() < congestion.slowStartThreshold();
            rate = (slowStart ? SLOW_START_GAIN : GAIN) * congestion.window() / srttNanos;
        }
        bytesPerNano = srttNanos < MIN_RTT_NANOS ? 0 : rate;
        burst = Math.max((double) BURST_PACKETS * packetSize, bytesPerNano * BURST_NANOS);
    }

    private void refill(long now) {
        if (!started) {
            started = true;
            budget = burst;
        } else {
            budget = Math.min(burst, budget + bytesPerNano * (now - refilledNanos));
        }
        refilledNanos = now;
    }

    boolean mayLeave(long now) {
        if (bytesPerNano == 0) {
            return true;
        }
        refill(now);
        return budget > 0;
    }

    void left(int bytes) {
        if (bytesPerNano > 0) {
            budget -= bytes;
        }
    }

    /** When a packet may leave, where none may now. */
    long releaseNanos() {
        return bytesPerNano == 0 || budget > 0 ? NEVER : refilledNanos + (long) (-budget / bytesPerNano) + 1;
    }
}
