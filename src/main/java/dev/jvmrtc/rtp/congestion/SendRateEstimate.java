package dev.jvmrtc.rtp.congestion;

import dev.jvmrtc.rtp.rtcp.Rtcp;
import java.util.HashMap;
import java.util.Map;

/**
 * How much media one transport can carry, judged by what its receivers report: their losses (draft-ietf-rmcat-gcc-02
 * §6) and, where they send one, their own estimate (REMB, draft-alvestrand-rmcat-remb-03). Of delays only the round
 * trip is looked at: one that has grown says that a queue has filled, and the rate stops growing before the queue
 * overflows.
 */
public final class SendRateEstimate implements SendSideEstimator {
    /** Bits per second before anything is known. */
    public static final long START = 300_000;
    /** Below this no picture is worth sending; a caller that must go lower pauses. */
    public static final long MIN = 30_000;

    public static final long MAX = 100_000_000;

    /** Fewer packets say too little about the share that is lost. */
    private static final int MIN_PACKETS = 20;

    private static final long DECREASE_INTERVAL_NANOS = 300_000_000L;
    /** A round trip is measured by reports that come about once a second, each on one that was sent before. */
    private static final long QUEUE_INTERVAL_NANOS = 1_200_000_000L;

    private static final long SECOND = 1_000_000_000L;
    private static final double MAX_REPAIR_SHARE = 0.5;
    /** A round trip longer by this than the shortest of late: the rate does not grow; by more: it falls. */
    private static final long QUEUE_NANOS = 60_000_000L;

    private static final long LONG_QUEUE_NANOS = 150_000_000L;
    /** Of what was sent, when the queue had become long, less what it takes to empty it within about a second. */
    private static final double QUEUE_BACK_OFF = 0.95;

    private static final double MIN_BACK_OFF = 0.5;
    /** Growth for each second: where nothing is known of the path, and close to where it was full the last time. */
    private static final double GROWTH = 0.08;

    private static final double CAREFUL_GROWTH = 0.02;
    private static final double CLOSE = 0.85;
    /** For so long it is remembered where the path was full. */
    private static final long CEILING_NANOS = 30 * SECOND;
    /**
     * The shortest round trip counts for this long, up to twice: a path that has become longer for good, or shares its
     * queue with others, is not left to them.
     */
    private static final long SHORTEST_NANOS = 10 * SECOND;

    /** What the last report block of a source said. */
    private record Seen(long highestSequence, int cumulativeLost) {}

    private final Map<Long, Seen> seen = new HashMap<>();
    private long rate = START;
    /** What was lost at last: a share that is sent twice. */
    private double repairShare;

    private long remb = MAX;
    private long expected;
    private long lost;
    private long sentBytes;
    private long sinceNanos;
    private boolean counting;
    private long decreasedNanos;
    private boolean decreased;
    private long ceiling = MAX;
    private long ceilingNanos;
    private long shortest = Long.MAX_VALUE;
    private long shortestBefore = Long.MAX_VALUE;
    private long shortestSinceNanos;

    /** An estimate does not grow far beyond what it was tried with. */
    @Override
    public void handleSent(long now, int transportSequence, int bytes) {
        if (!counting) {
            counting = true;
            sinceNanos = now;
        }
        sentBytes += bytes;
    }

    /** Arrival times are not looked at. */
    @Override
    public void handleTransportFeedback(long now, Rtcp.TransportCc feedback) {}

    @Override
    public void handleReportBlock(long now, Rtcp.ReportBlock block, long roundTripNanos) {
        observeRoundTrip(now, roundTripNanos);
        Seen before = seen.put(block.ssrc(), new Seen(block.highestSequence(), block.cumulativeLost()));
        if (before == null) {
            return;
        }
        int packets = (int) (block.highestSequence() - before.highestSequence); // serial arithmetic
        if (packets <= 0) {
            return;
        }
        expected += packets;
        // Duplicates make the cumulative loss fall (RFC 3550 §6.4.1).
        lost += Math.max(0, Math.min(packets, block.cumulativeLost() - before.cumulativeLost));
        if (expected >= MIN_PACKETS) {
            judge(now, roundTripNanos);
        }
    }

    private void observeRoundTrip(long now, long roundTripNanos) {
        if (roundTripNanos < 0) {
            return;
        }
        if (now - shortestSinceNanos >= SHORTEST_NANOS) {
            shortestBefore = shortest;
            shortest = Long.MAX_VALUE;
            shortestSinceNanos = now;
        }
        shortest = Math.min(shortest, roundTripNanos);
    }

    /** How long the queue of the path is, judged by its round trip. */
    private long queueNanos(long roundTripNanos) {
        return roundTripNanos < 0 ? 0 : roundTripNanos - Math.min(shortest, shortestBefore);
    }

    private void judge(long now, long roundTripNanos) {
        double loss = (double) lost / expected;
        repairShare = Math.min(MAX_REPAIR_SHARE, loss);
        long elapsed = Math.max(1, now - sinceNanos);
        long sentRate = counting ? (long) (sentBytes * 8.0 * SECOND / elapsed) : 0;
        long queue = queueNanos(roundTripNanos);
        if (loss > 0.10) {
            decrease(now, DECREASE_INTERVAL_NANOS + Math.max(0, roundTripNanos), rate * (1 - 0.5 * loss));
        } else if (queue > LONG_QUEUE_NANOS) {
            double factor = Math.max(MIN_BACK_OFF, QUEUE_BACK_OFF - (double) queue / SECOND);
            decrease(now, QUEUE_INTERVAL_NANOS + roundTripNanos, factor * Math.min(rate, sentRate * (1 - loss)));
        } else if (loss < 0.02 && queue < QUEUE_NANOS) {
            // GCC §5.5: the estimate stays below 1.5 times what was really sent, since more has not been tried.
            long grown = (long) (rate * (1 + growth(now) * Math.min(1.0, (double) elapsed / SECOND))) + 1_000;
            rate = Math.max(rate, Math.min(Math.min(MAX, grown), sentRate * 3 / 2 + 10_000));
        }
        expected = 0;
        lost = 0;
        sentBytes = 0;
        sinceNanos = now;
    }

    private double growth(long now) {
        if (now - ceilingNanos > CEILING_NANOS) {
            ceiling = MAX;
        }
        return rate > CLOSE * ceiling ? CAREFUL_GROWTH : GROWTH;
    }

    /** Once in an interval, before which the effect cannot be seen. */
    private void decrease(long now, long intervalNanos, double to) {
        if (!decreased || now - decreasedNanos >= intervalNanos) {
            decreased = true;
            decreasedNanos = now;
            ceiling = rate;
            ceilingNanos = now;
            rate = Math.max(MIN, (long) to);
        }
    }

    @Override
    public void handleRemb(long bitsPerSecond) {
        remb = Math.max(MIN, Math.min(MAX, bitsPerSecond));
    }

    @Override
    public long bitsPerSecond() {
        return Math.min(rate, remb);
    }

    @Override
    public long mediaBitsPerSecond() {
        return (long) (bitsPerSecond() * (1 - repairShare));
    }
}
