package dev.jvmrtc.sctp.tx;

/**
 * Sends what the path has shown to deliver, instead of what it has not lost yet: keeps a model of the path, its highest
 * recent delivery rate and its lowest recent round-trip time, whose product is what it holds. After BBR
 * (draft-ietf-ccwg-bbr): packets leave at the path's rate, and twice what it holds may be in flight.
 *
 * <p>Losses that come with the path, as on radio links, do not slow it down, where Reno or CUBIC would halve or cut
 * their window for each. Losses of a tenth and more of a round trip's packets are taken for a full queue all the same.
 * Deviates from RFC 9260 §7.2, which knows no other congestion control than Reno's.
 */
public final class ModelCongestionController implements CongestionController {
    /** Growth while the path's capacity is not known: doubles the delivery rate in each round trip. */
    private static final double STARTUP_GAIN = 2.885;

    private static final double DRAIN_GAIN = 1 / STARTUP_GAIN;
    /**
     * In flight may be more than the path holds: acknowledgements come late and in clumps, and beside a flow that fills
     * the queue less would starve.
     */
    private static final double WINDOW_GAIN = 2;
    /** After three rounds without a quarter more of it, capacity is taken to be known. */
    private static final double FULL_GROWTH = 1.25;

    private static final int FULL_ROUNDS = 3;
    /**
     * One round with more, to find capacity that has become free; one with less, to drain what that has queued; six as
     * measured.
     */
    private static final double[] CYCLE = {1.25, 0.75, 1, 1, 1, 1, 1, 1};

    private static final int RATE_ROUNDS = 10;
    /** On shorter paths what is in flight waits for threads longer than for the network. */
    private static final long MIN_HORIZON_NANOS = 5_000_000L;
    /** Round trips that take so much longer than the shortest one show that a queue has formed. */
    private static final double QUEUED = 1.25;

    private static final long MIN_RTT_LIFE_NANOS = 10_000_000_000L;
    private static final long PROBE_RTT_NANOS = 200_000_000L;
    /** Above this share of losses in a round the queue is full, whatever else loses. */
    private static final double CONGESTION_LOSS = 0.1;
    /** Of a few packets one is a large share. */
    private static final int MIN_LOST_PACKETS = 8;

    private static final double BACK_OFF = 0.85;
    private static final int MIN_PACKETS = 4;
    private static final int INITIAL_PACKETS = 10;

    private enum Mode {
        STARTUP,
        DRAIN,
        PROBE_RATE,
        PROBE_RTT
    }

    /** Bytes of a packet. */
    private int packetSize;
    /** What is being found out. */
    private Mode mode = Mode.STARTUP;
    /** The highest delivery rate of each of the last rounds, bytes a nanosecond. */
    private final double[] rates = new double[RATE_ROUNDS];
    /** The present round among {@link #rates}. */
    private int round;
    /** Bytes that have arrived in this round. */
    private long deliveredInRound;
    /** Bytes that were lost in it. */
    private long lostInRound;
    /** The rate that had not been reached before, in startup. */
    private double fullRate;
    /** Rounds since then. */
    private int roundsWithoutGrowth;
    /** The present round of {@link #CYCLE}. */
    private int cycle;
    /** When it began. */
    private long cycleBeganNanos;
    /** The shortest round trip, or −1. */
    private long minRttNanos = -1;
    /** The latest round trip. */
    private long lastRttNanos;
    /** When the shortest was seen last. */
    private long minRttSeenNanos;
    /** Until when little is in flight, so that the round trip shows without a queue. */
    private long probeRttUntilNanos;
    /** The shortest round trip since that began. */
    private long probedRttNanos = Long.MAX_VALUE;
    /** Whether nothing has come back since the timer ran out. */
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
        return minRttNanos < 0 ? 0 : rate() * Math.max(minRttNanos, MIN_HORIZON_NANOS);
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
        double gain = mode == Mode.STARTUP ? STARTUP_GAIN : WINDOW_GAIN;
        return Math.max(
                mode == Mode.STARTUP ? (long) INITIAL_PACKETS * packetSize : least, (long) (gain * path) + least);
    }

    @Override
    public double pacingRate() {
        return switch (mode) {
                    case STARTUP -> STARTUP_GAIN;
                    case DRAIN -> DRAIN_GAIN;
                    case PROBE_RATE -> CYCLE[cycle];
                    case PROBE_RTT -> 1;
                }
                * rate();
    }

    @Override
    public long slowStartThreshold() {
        return mode == Mode.STARTUP ? Long.MAX_VALUE / 2 : (long) pathBytes();
    }

    @Override
    public void acknowledged(long now, Arrival arrival) {
        timedOut = false;
        deliveredInRound += arrival.bytes;
        // A sender that had too little to send tells of the path only where it tells of more.
        if (arrival.rate > 0 && (!arrival.limited || arrival.rate > rate())) {
            rates[round] = Math.max(rates[round], arrival.rate);
        }
        if (arrival.newRound) {
            endRound(arrival);
        }
        advance(now, arrival.flightBefore - arrival.bytes);
    }

    private void endRound(Arrival arrival) {
        boolean congested = lostInRound > MIN_LOST_PACKETS * (long) packetSize
                && lostInRound > CONGESTION_LOSS * (lostInRound + deliveredInRound);
        deliveredInRound = 0;
        lostInRound = 0;
        if (mode == Mode.STARTUP) {
            if (rate() >= fullRate * FULL_GROWTH) {
                fullRate = rate();
                roundsWithoutGrowth = 0;
            } else if (!arrival.limited && (++roundsWithoutGrowth >= FULL_ROUNDS && hasQueued() || congested)) {
                mode = Mode.DRAIN;
            }
        } else if (congested) {
            for (int i = 0; i < rates.length; i++) {
                rates[i] *= BACK_OFF;
            }
        }
        round = (round + 1) % RATE_ROUNDS;
        rates[round] = 0;
    }

    /**
     * Without a queue it is not the path that lets no more through: a program that has just started, say, is slow by
     * itself.
     */
    private boolean hasQueued() {
        return lastRttNanos > Math.max(QUEUED * minRttNanos, minRttNanos + MIN_HORIZON_NANOS);
    }

    private void advance(long now, long flight) {
        switch (mode) {
            case STARTUP -> {
                // Ends by rounds.
            }
            case DRAIN -> {
                if (flight <= pathBytes() + MIN_PACKETS * packetSize) {
                    enterProbeRate(now);
                }
            }
            case PROBE_RATE -> {
                if (now - cycleBeganNanos >= minRttNanos) {
                    cycleBeganNanos = now;
                    cycle = (cycle + 1) % CYCLE.length;
                    if (now - minRttSeenNanos > MIN_RTT_LIFE_NANOS) {
                        mode = Mode.PROBE_RTT;
                        probeRttUntilNanos = now + Math.max(PROBE_RTT_NANOS, minRttNanos);
                        probedRttNanos = Long.MAX_VALUE; // what is seen while little is queued
                    }
                }
            }
            case PROBE_RTT -> leaveProbeRtt(now);
        }
    }

    private void enterProbeRate(long now) {
        mode = Mode.PROBE_RATE;
        cycle = 2;
        cycleBeganNanos = now;
    }

    private void leaveProbeRtt(long now) {
        if (now - probeRttUntilNanos >= 0 && probedRttNanos != Long.MAX_VALUE) {
            minRttNanos = probedRttNanos;
            minRttSeenNanos = now;
            enterProbeRate(now);
        }
    }

    @Override
    public void rttMeasured(long now, long nanos) {
        lastRttNanos = nanos;
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
    public void lossDetected(long now) {
        // One loss says nothing: see lost.
    }

    @Override
    public void timeout(long now) {
        // Nothing came back at all: little is sent until something does.
        timedOut = true;
    }

    @Override
    public void idle(long now, long timeouts) {
        // The path is what it was; the pacer keeps what waits from leaving at once.
    }

    @Override
    public void packetSizeChanged(int bytes) {
        packetSize = bytes;
    }
}
