package dev.jvmrtc.sctp.tx;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.SerialNumbers;

/**
 * Finds losses by time, as RACK does for TCP (RFC 8985 §6): what was sent a reordering window before something that has
 * arrived is lost. Unlike the three missing reports of RFC 9260 §7.2.4 that finds lost retransmissions too, needs no
 * three chunks behind the lost one, and bears reordering. Holds what is in flight in the order in which it was sent.
 */
final class RackLossDetection {
    /** RFC 8985 §6.2 step 4: without reordering, this many chunks behind a gap stand for a loss. */
    private static final int DUPLICATE_THRESHOLD = 3;
    /** RFC 8985 §6.2 step 4: a window that was widened is kept for so many recoveries. */
    private static final int WIDENED_RECOVERIES = 16;

    /** Is told of what is lost. */
    @FunctionalInterface
    interface LossListener {
        void lost(long now, SentChunk c);
    }

    /** Of what is in flight, the one that was sent first, or null. */
    private SentChunk earliest;
    /** The one that was sent last, or null. */
    private SentChunk latest;

    /** When that was sent which, of all that has arrived, was sent last. */
    private long latestSentNanos;
    /** Its TSN. */
    private int latestTsn;
    /** Whether anything has arrived. */
    private boolean anyArrived;
    /** The round trip of that which was sent last. */
    private long rttNanos;
    /** The shortest round trip so far, or −1. */
    private long minRttNanos = -1;
    /** The highest TSN that has arrived. */
    private int highestArrived;
    /** Whether the path has been seen to change the order. */
    private boolean reordered;
    /** The reordering window, in quarters of the shortest round trip. */
    private int windowFactor = 1;
    /** Recoveries after which a window that was widened is as at the beginning. */
    private int recoveriesLeft;
    /** The next TSN when the window was widened last: until that arrives it is not widened again. */
    private int widenedAtTsn;
    /** Whether it was ever widened. */
    private boolean widened;
    /** When more will be found lost, or NEVER. */
    private long deadlineNanos = NEVER;

    RackLossDetection(int initialTsn) {
        highestArrived = initialTsn - 1;
    }

    /** When more will be found lost, or NEVER. */
    long deadlineNanos() {
        return deadlineNanos;
    }

    /** Shortest round trip so far, or −1. */
    long minRttNanos() {
        return minRttNanos;
    }

    /** Another path: its round trips are measured anew. */
    void reset() {
        minRttNanos = -1;
        reordered = false;
    }

    /** A chunk leaves, for the first time or again. */
    void sent(SentChunk c) {
        c.sentBefore = latest;
        c.sentAfter = null;
        if (latest == null) {
            earliest = c;
        } else {
            latest.sentAfter = c;
        }
        latest = c;
    }

    /** A chunk is in flight no more. */
    void remove(SentChunk c) {
        if (c.sentBefore == null) {
            earliest = c.sentAfter;
        } else {
            c.sentBefore.sentAfter = c.sentAfter;
        }
        if (c.sentAfter == null) {
            latest = c.sentBefore;
        } else {
            c.sentAfter.sentBefore = c.sentBefore;
        }
        c.sentBefore = null;
        c.sentAfter = null;
    }

    /** RFC 8985 §6.2, steps 1 to 3: a chunk that was in flight has arrived. */
    void arrived(long now, SentChunk c) {
        long rtt = now - c.sentNanos;
        if (c.retransmits > 0 && rtt < minRttNanos) {
            return; // too early for the retransmission: it was the first that arrived
        }
        if (c.retransmits == 0) {
            minRttNanos = minRttNanos < 0 ? rtt : Math.min(minRttNanos, rtt);
            reordered |= SerialNumbers.before32(c.tsn, highestArrived);
        }
        if (SerialNumbers.before32(highestArrived, c.tsn)) {
            highestArrived = c.tsn;
        }
        if (!anyArrived || isSentAfter(c.sentNanos, c.tsn, latestSentNanos, latestTsn)) {
            anyArrived = true;
            latestSentNanos = c.sentNanos;
            latestTsn = c.tsn;
            rttNanos = rtt;
        }
    }

    private static boolean isSentAfter(long sent, int tsn, long otherSent, int otherTsn) {
        return sent - otherSent > 0 || sent == otherSent && SerialNumbers.before32(otherTsn, tsn);
    }

    /**
     * RFC 8985 §6.2 step 4: the peer had something twice, so it was sent again for nothing. Once a round trip, patience
     * grows.
     */
    void duplicateReported(int cumulativeTsn, int nextTsn) {
        if (widened && SerialNumbers.before32(cumulativeTsn, widenedAtTsn)) {
            return;
        }
        widened = true;
        widenedAtTsn = nextTsn;
        windowFactor++;
        recoveriesLeft = WIDENED_RECOVERIES;
    }

    void recoveryEnded() {
        if (recoveriesLeft > 0 && --recoveriesLeft == 0) {
            windowFactor = 1;
        }
    }

    private long reorderingWindow(int arrivedOutOfOrder, boolean inRecovery, long srttNanos) {
        if (!reordered && windowFactor == 1 && (inRecovery || arrivedOutOfOrder >= DUPLICATE_THRESHOLD)) {
            return 0;
        }
        return Math.min(windowFactor * Math.max(0, minRttNanos) / 4, Math.max(0, srttNanos));
    }

    /**
     * RFC 8985 §6.2 step 5. Calls back for what is lost, which must be removed there, and sets {@link #deadlineNanos}.
     */
    void detect(long now, int arrivedOutOfOrder, boolean inRecovery, long srttNanos, LossListener lost) {
        deadlineNanos = NEVER;
        if (!anyArrived) {
            return;
        }
        long patience = rttNanos + reorderingWindow(arrivedOutOfOrder, inRecovery, srttNanos);
        // What is lost may take others with it, so each turn begins at the earliest that is left.
        for (SentChunk c = earliest;
                c != null && isSentAfter(latestSentNanos, latestTsn, c.sentNanos, c.tsn);
                c = earliest) {
            assert Steps.count();
            long remaining = c.sentNanos + patience - now;
            if (remaining <= 0) {
                lost.lost(now, c);
            } else {
                // The window is the same for all, so the first that is left sets the time.
                deadlineNanos = now + remaining;
                return;
            }
        }
    }
}
