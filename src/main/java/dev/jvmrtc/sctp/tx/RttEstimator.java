package dev.jvmrtc.sctp.tx;

/** The retransmission timeout (RFC 9260 §6.3.1). */
public final class RttEstimator {
    /** RFC 9260 §16 recommends 1 s; paths that carry calls answer sooner, and a lost INIT should not cost a second. */
    public static final long RTO_INITIAL_NANOS = 500_000_000L;
    /**
     * Deviates from RFC 9260 §16 (1 s), as the SCTP of browsers does: twice the longest delay of a SACK that peers use
     * (200 ms) is patient enough.
     */
    static final long RTO_MIN_NANOS = 400_000_000L;
    /** RFC 9260 §16 recommends 60 s. A call has other means to notice a dead path long before. */
    static final long RTO_MAX_NANOS = 10_000_000_000L;

    /** SRTT, or −1 before the first measurement. */
    private long srtt = -1;
    /** RTTVAR. */
    private long rttvar;
    /** RTO. */
    private long rto = RTO_INITIAL_NANOS;

    public void observe(long rttNanos) {
        if (srtt < 0) {
            srtt = rttNanos;
            rttvar = rttNanos / 2;
        } else {
            rttvar = (3 * rttvar + Math.abs(srtt - rttNanos)) / 4;
            srtt = (7 * srtt + rttNanos) / 8;
        }
        rto = clamp(srtt + Math.max(4 * rttvar, 1_000_000L));
    }

    /** Nothing is known any more: the path is another one. */
    public void reset() {
        srtt = -1;
        rttvar = 0;
        rto = RTO_INITIAL_NANOS;
    }

    /** §6.3.3 E2: "RTO = RTO * 2". */
    public void backOff() {
        rto = clamp(rto * 2);
    }

    private static long clamp(long nanos) {
        return Math.max(RTO_MIN_NANOS, Math.min(RTO_MAX_NANOS, nanos));
    }

    public long rtoNanos() {
        return rto;
    }

    /** Smoothed round-trip time, or −1 before the first measurement. */
    public long srttNanos() {
        return srtt;
    }
}
