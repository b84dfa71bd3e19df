package dev.jvmrtc.sctp.tx;

/**
 * CUBIC (RFC 9438) in bytes: after a loss the window is cut to seven tenths and grows back as a cubic function of time,
 * slowly where it was cut and faster beyond; never less than Reno would hold. Slow start ends by {@link SlowStartExit}
 * or a loss. Deviates from RFC 9260 §7.2, which knows Reno only.
 */
public final class CubicCongestionController implements CongestionController {
    /**
     * RFC 9260 §7.2.1 allows about four packets; RFC 6928 showed ten to be safe for TCP, and browsers start SCTP with
     * ten too.
     */
    private static final int INITIAL_PACKETS = 10;

    private static final int MIN_PACKETS = 4;
    /** RFC 9438 §4.6. */
    private static final double BETA = 0.7;
    /** RFC 9438 §5: packets per second to the third. */
    private static final double C = 0.4;
    /** RFC 9438 §4.3. */
    private static final double ALPHA = 3 * (1 - BETA) / (1 + BETA);
    /** RFC 9438 §4.2: the window does not grow by more than half in a round trip. */
    private static final double MAX_GROWTH = 1.5;

    /** Bytes of a packet. */
    private int packetSize;
    /** cwnd. */
    private double window;
    /** ssthresh. */
    private double threshold = Long.MAX_VALUE / 2;
    /** W_max: where the window was cut last, or a little below. */
    private double windowMax;
    /** cwnd_prior: where the window was cut last. */
    private double windowPrior;
    /** W_est: what Reno would hold. */
    private double renoWindow;
    /** K: how long after its beginning an epoch is back at {@link #windowMax}. */
    private double originSeconds;
    /** When the present epoch began, less the time that does not count. */
    private long epochNanos;
    /** Whether the window has grown since it was cut. */
    private boolean inEpoch;
    /** The latest round trip. */
    private long rttNanos;
    /** When the window was used last. */
    private long limitedNanos;
    /** When slow start ends without a loss. */
    private final SlowStartExit slowStartExit = new SlowStartExit();

    public CubicCongestionController(int packetSize) {
        this.packetSize = packetSize;
        this.window = (double) INITIAL_PACKETS * packetSize;
    }

    @Override
    public long window() {
        return (long) window;
    }

    @Override
    public long slowStartThreshold() {
        return (long) threshold;
    }

    @Override
    public void rttMeasured(long now, long nanos) {
        rttNanos = nanos;
        slowStartExit.measured(nanos);
    }

    @Override
    public void acknowledged(long now, Arrival arrival) {
        if (arrival.newRound && slowStartExit.roundEnded()) {
            threshold = Math.min(threshold, window);
        }
        boolean slowStart = window < threshold;
        // RFC 9438 §5.8: a window that is not used says nothing of the path. In slow start half of it is enough, since
        // packets are spread over the round trip.
        boolean used = arrival.flightBefore + packetSize > window || slowStart && 2 * arrival.flightBefore >= window;
        if (arrival.inRecovery || !used) {
            return;
        }
        if (slowStart) {
            window += slowStartExit.growth(arrival.bytes);
            limitedNanos = now;
            return;
        }
        if (!inEpoch) {
            beginEpoch(now);
        }
        // RFC 9438 §5.8: time in which the window was not used does not count.
        long pause = now - limitedNanos;
        if (pause > 2 * rttNanos && pause > 0) {
            epochNanos += pause;
        }
        limitedNanos = now;
        grow(now, arrival.bytes);
    }

    private void beginEpoch(long now) {
        inEpoch = true;
        epochNanos = now;
        limitedNanos = now;
        renoWindow = window;
        if (windowMax <= window) {
            windowMax = window;
            originSeconds = 0;
        } else {
            originSeconds = Math.cbrt((windowMax - window) / packetSize / C);
        }
    }

    /** The cubic function (RFC 9438 §4.2, figure 1). */
    private double cubic(long sinceEpochNanos) {
        double t = sinceEpochNanos / 1e9 - originSeconds;
        return C * t * t * t * packetSize + windowMax;
    }

    private void grow(long now, long bytes) {
        double alpha = renoWindow >= windowPrior ? 1 : ALPHA;
        renoWindow += alpha * packetSize * bytes / window;
        if (cubic(now - epochNanos) < renoWindow) {
            window = Math.max(window, renoWindow);
            return;
        }
        double target = Math.max(window, Math.min(cubic(now - epochNanos + rttNanos), MAX_GROWTH * window));
        window += (target - window) * bytes / window;
    }

    @Override
    public void lost(long bytes) {
        // One of a round trip counts, whatever it carried: see lossDetected.
    }

    @Override
    public void lossDetected(long now) {
        reduce();
        window = threshold;
    }

    @Override
    public void timeout(long now) {
        reduce();
        window = packetSize;
    }

    private void reduce() {
        windowPrior = window;
        // RFC 9438 §4.7, fast convergence: a flow that is cut before it was back where it had been has a competitor,
        // and makes room.
        windowMax = window < windowMax ? window * (1 + BETA) / 2 : window;
        threshold = Math.max(window * BETA, (double) MIN_PACKETS * packetSize);
        inEpoch = false;
    }

    /**
     * RFC 9260 §7.2.1: after a timeout's time without data the window is halved, though not below four packets; here
     * not below what a new association has.
     */
    @Override
    public void idle(long now, long timeouts) {
        double initial = (double) INITIAL_PACKETS * packetSize;
        if (window > initial) {
            threshold = Math.max(threshold, 0.75 * window);
            window = Math.max(initial, window / Math.pow(2, Math.min(timeouts, 60)));
            inEpoch = false;
        }
    }

    @Override
    public void packetSizeChanged(int bytes) {
        // RFC 9260 §7.2.1 counts the window in packets at the beginning; one that has not met its threshold yet is
        // still there.
        if (bytes > packetSize && threshold > window) {
            window = Math.max(window, (double) MIN_PACKETS * bytes);
        }
        packetSize = bytes;
    }
}
