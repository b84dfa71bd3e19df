package dev.jvmrtc.sctp.tx;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sctp.packet.Sack;
import dev.jvmrtc.wire.SerialNumbers;

/**
 * Tail-loss probes (RFC 8985 §7): where the last chunks of a flight are lost, nothing behind them shows it, so one more
 * is sent after a while, long before the retransmission timer runs out.
 */
final class TailLossProbe {
    /**
     * A SACK of one chunk alone may be delayed so long by peers (RFC 9260 §6.2 recommends 200 ms); RFC 8985 §7.2,
     * WCDelAckT.
     */
    static final long MAX_SACK_DELAY_NANOS = 200_000_000L;
    /** Below, a probe would measure the scheduler. */
    static final long MIN_PROBE_NANOS = 10_000_000L;

    /** When the next probe is due, or NEVER. */
    private long deadlineNanos = NEVER;
    /** Whether a probe is to leave now. */
    private boolean due;
    /** Whether a probe has left and its acknowledgement has not come. */
    private boolean outstanding;
    /** Of the chunk that was the last probe. */
    private int tsn;
    /** Whether the last probe was one that had left before. */
    private boolean again;
    /** When the last probe left. */
    private long sentNanos;

    /**
     * §7.2: a probe is due when two round trips pass without a word, if the retransmission timer does not run out
     * before that.
     *
     * @param useful whether a probe could show anything
     * @param srttNanos the smoothed round trip, or −1
     * @param one whether a single chunk is on its way, of which peers are not in a hurry to tell
     */
    void arm(long now, boolean useful, long srttNanos, boolean one, long retransmissionNanos) {
        if (outstanding || !useful || srttNanos < 0) {
            deadlineNanos = NEVER;
            return;
        }
        long at = now + Math.max(MIN_PROBE_NANOS, 2 * srttNanos) + (one ? MAX_SACK_DELAY_NANOS : 0);
        deadlineNanos = retransmissionNanos != NEVER && retransmissionNanos - at <= 0 ? NEVER : at;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    void handleTimeout(long now) {
        if (ProtocolCore.due(deadlineNanos, now)) {
            deadlineNanos = NEVER;
            due = true;
        }
    }

    boolean isDue() {
        return due;
    }

    /** Whoever sends has had the chance. */
    void attempted() {
        due = false;
    }

    /** The retransmission timer has run out, so that there is nothing left to find out. */
    void cancel() {
        deadlineNanos = NEVER;
        due = false;
        outstanding = false;
    }

    /** A chunk has left as a probe. */
    void sent(long now, SentChunk c, boolean leftBefore) {
        outstanding = true;
        tsn = c.tsn;
        again = leftBefore;
        sentNanos = now;
        deadlineNanos = NEVER;
    }

    /**
     * §7.4: whether a SACK shows that only the probe got through. Then what it repeated had been lost, and the path is
     * congested.
     */
    boolean hasRepaired(long now, Sack sack, long minRttNanos) {
        if (!outstanding || SerialNumbers.before32(sack.cumulativeTsn(), tsn)) {
            return false;
        }
        outstanding = false;
        boolean repaired = again && now - sentNanos >= minRttNanos;
        for (int i = 0; i < sack.duplicates(); i++) {
            assert Steps.count();
            repaired &= sack.duplicate(i) != tsn;
        }
        return repaired;
    }
}
