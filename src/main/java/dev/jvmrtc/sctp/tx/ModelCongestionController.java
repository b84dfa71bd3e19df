package dev.jvmrtc.sctp.tx;

/**
 * Sends what the path has shown to deliver, instead of what it has not lost yet: keeps a model of the path, its highest recent delivery rate and its lowest recent
 * round-trip time, whose product is what it holds. After BBR (draft-ietf-ccwg-bbr), in windows instead of paced packets: acknowledgements clock what is sent.
 *
 * <p>Losses that come with the path, as on radio links, do not slow it down, where Reno or CUBIC would halve or cut their window for each. Losses of a tenth and
 * more of a round trip's packets are taken for a full queue all the same. Deviates from RFC 9260 §7.2, which knows no other congestion control than Reno's.
 */
public final class ModelCongestionController implements CongestionController {
    /** Growth while the path's capacity is not known: doubles the delivery rate in each round trip. */
    private static final double STARTUP_GAIN = 2.885;
    /** After three rounds without a quarter more of it, capacity is taken to be known. */
    private static final double FULL_GROWTH = 1.25;
    private static final int FULL_ROUNDS = 3;
    /** One round with more, to find capacity that has become free; one with less, to drain what that has queued; six as measured. */
    private static final double[] CYCLE = {1.25, 0.75, 1, 1, 1, 1, 1, 1};
    private static final int RATE_ROUNDS = 10;
    private static final int MAX_ROUNDS_AT_ONCE = 4;
    private static final long MIN_RTT_LIFE_NANOS = 10_000_000_000L;
    /** Shorter ones would measure the scheduler. */
    private static final long MIN_ROUND_NANOS = 10_000_000L;
    private static final long PROBE_RTT_NANOS = 200_000_000L;
    /** Above this share of losses in a round the queue is full, whatever else loses. */
    private static final double CONGESTION_LOSS = 0.1;
    private static final double BACK_OFF = 0.85;
    private static final int MIN_PACKETS = 4;
    private static final int INITIAL_PACKETS = 10;

    private enum Mode { STARTUP, DRAIN, PROBE_RATE, PROBE_RTT }

    private int packetSize;
    private Mode mode = Mode.STARTUP;
    private final double[] rates = new double[RATE_ROUNDS];
    private int round;
    private long roundBeganNanos = -1;
    private long deliveredInRound;
    private long lostInRound;
    private boolean limitedInRound;
    private double fullRate;
    private int roundsWithoutGrowth;
    private int cycle;
    private long minRttNanos = -1;
    private long minRttSeenNanos;
    private long probeRttUntilNanos;
    private long probedRttNanos = Long.MAX_VALUE;
    private boolean timedOut;

    public ModelCongestionController(int packetSize) {
        this.packetSize = packetSize;
    }

    /** Bytes a nanosecond. */
    private double rate() {
        double max = 0;
        for (double r : rates) {
            max = Math.max(max, r);
        }
        return max;
    }

    /** What the path itself holds: bandwidth-delay product, in bytes. */
    private double pathBytes() {
        return minRttNanos < 0 ? 0 : rate() * minRttNanos;
    }

    @Override
    public long window() {
        long least = (long) MIN_PACKETS * packetSize;
        if (timedOut || mode == Mode.PROBE_RTT) {
            return least;
        }
        double path = pathBytes();
        if (path == 0) {
            return (long) INITIAL_PACKETS * packetSize;
        }
        double gain = switch (mode) {
            case STARTUP -> STARTUP_GAIN;
            case DRAIN -> 1;
            default -> CYCLE[cycle];
        };
        // A few packets more, since the peer acknowledges every second one, and late.
        return Math.max(mode == Mode.STARTUP ? (long) INITIAL_PACKETS * packetSize : least, (long) (gain * path) + least);
    }

    @Override
    public long slowStartThreshold() {
        return mode == Mode.STARTUP ? Long.MAX_VALUE / 2 : (long) pathBytes();
    }

    @Override
    public void acknowledged(long bytes, long flightBefore, boolean inFastRecovery) {
        // What counts is when it was delivered, in order or not.
    }

    @Override
    public void delivered(long now, long bytes, long flightBefore) {
        timedOut = false;
        if (roundBeganNanos < 0) {
            roundBeganNanos = now;
            return; // its time began with a packet that we know nothing of
        }
        // Rounds follow each other without a gap: what is sent comes in clumps a round trip apart, and the pauses between them are part of the rate.
        long length = minRttNanos < 0 ? 100_000_000L : Math.max(minRttNanos, MIN_ROUND_NANOS);
        for (int i = 0; i < MAX_ROUNDS_AT_ONCE && now - roundBeganNanos >= length; i++) {
            endRound(now, length, flightBefore);
            roundBeganNanos += length;
        }
        if (now - roundBeganNanos >= length) {
            roundBeganNanos = now; // nothing was sent for long
        }
        deliveredInRound += bytes;
        limitedInRound |= flightBefore + packetSize >= window();
    }

    private void endRound(long now, long length, long flight) {
        double measured = (double) deliveredInRound / length;
        // A round in which there was too little to send tells of the path only where it tells of more.
        if (limitedInRound && mode != Mode.PROBE_RTT || measured > rate()) {
            round = (round + 1) % RATE_ROUNDS;
            rates[round] = measured;
        }
        if (lostInRound > CONGESTION_LOSS * (lostInRound + deliveredInRound) && mode != Mode.STARTUP) {
            for (int i = 0; i < rates.length; i++) {
                rates[i] *= BACK_OFF;
            }
        }
        boolean lossy = lostInRound > CONGESTION_LOSS * (lostInRound + deliveredInRound);
        boolean limited = limitedInRound;
        deliveredInRound = 0;
        lostInRound = 0;
        limitedInRound = false;
        advance(now, flight, limited, lossy);
    }

    private void advance(long now, long flight, boolean limited, boolean lossy) {
        switch (mode) {
            case STARTUP -> {
                if (rate() >= fullRate * FULL_GROWTH) {
                    fullRate = rate();
                    roundsWithoutGrowth = 0;
                } else if (limited && ++roundsWithoutGrowth >= FULL_ROUNDS || lossy && roundsWithoutGrowth > 0) {
                    mode = Mode.DRAIN;
                }
            }
            case DRAIN -> {
                if (flight <= pathBytes() + MIN_PACKETS * packetSize) {
                    mode = Mode.PROBE_RATE;
                    cycle = 2;
                }
            }
            case PROBE_RATE -> {
                cycle = (cycle + 1) % CYCLE.length;
                if (now - minRttSeenNanos > MIN_RTT_LIFE_NANOS) {
                    mode = Mode.PROBE_RTT;
                    probeRttUntilNanos = now + Math.max(PROBE_RTT_NANOS, minRttNanos);
                    probedRttNanos = Long.MAX_VALUE; // what is seen while little is queued
                }
            }
            case PROBE_RTT -> leaveProbeRtt(now);
        }
    }

    private void leaveProbeRtt(long now) {
        if (now - probeRttUntilNanos >= 0 && probedRttNanos != Long.MAX_VALUE) {
            minRttNanos = probedRttNanos;
            mode = Mode.PROBE_RATE;
            cycle = 2;
            minRttSeenNanos = now;
        }
    }

    @Override
    public void rttMeasured(long now, long nanos) {
        probedRttNanos = Math.min(probedRttNanos, Math.max(1, nanos));
        if (minRttNanos < 0 || nanos <= minRttNanos) {
            minRttNanos = Math.max(1, nanos);
            minRttSeenNanos = now;
        }
    }

    @Override
    public void lost(long bytes) {
        lostInRound += bytes;
    }

    @Override
    public void lossDetected() {
        // One loss says nothing: see lost.
    }

    @Override
    public void timeout() {
        // Nothing came back at all: little is sent until something does.
        timedOut = true;
    }

    @Override
    public void packetSizeChanged(int bytes) {
        packetSize = bytes;
    }
}
