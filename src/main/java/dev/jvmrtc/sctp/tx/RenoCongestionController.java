package dev.jvmrtc.sctp.tx;

/** Slow start and congestion avoidance (RFC 9260 §7.2). */
public final class RenoCongestionController implements CongestionController {
    /** RFC 9260 §7.2.1 allows about four packets; RFC 6928 showed ten to be safe for TCP, and browsers start SCTP with ten too. */
    private static final int INITIAL_PACKETS = 10;
    private static final int MIN_PACKETS = 4;

    private int mtu;
    private long window;
    private long threshold = Long.MAX_VALUE / 2;
    private long partialBytesAcked;

    public RenoCongestionController(int mtu) {
        this.mtu = mtu;
        this.window = (long) INITIAL_PACKETS * mtu;
    }

    @Override
    public long window() {
        return window;
    }

    @Override
    public long slowStartThreshold() {
        return threshold;
    }

    @Override
    public void acknowledged(long bytes, long flightBefore, boolean inFastRecovery) {
        boolean fullyUsed = flightBefore + mtu > window;
        if (window <= threshold) {
            // §7.2.1: grow only when the window is used and not in fast recovery, by at most the bytes acknowledged.
            if (fullyUsed && !inFastRecovery) {
                window += Math.min(bytes, 2L * mtu);
            }
            return;
        }
        // §7.2.2
        partialBytesAcked += bytes;
        if (partialBytesAcked >= window && fullyUsed) {
            partialBytesAcked -= window;
            window += mtu;
        }
        partialBytesAcked = Math.min(partialBytesAcked, window);
    }

    @Override
    public void lossDetected() {
        threshold = Math.max(window / 2, (long) MIN_PACKETS * mtu);
        window = threshold;
        partialBytesAcked = 0;
    }

    @Override
    public void packetSizeChanged(int bytes) {
        // RFC 9260 §7.2.1 counts the window in packets at the beginning; one that has not met its threshold yet is still there.
        if (bytes > mtu && threshold > window) {
            window = Math.max(window, (long) MIN_PACKETS * bytes);
        }
        mtu = bytes;
    }

    @Override
    public void timeout() {
        threshold = Math.max(window / 2, (long) MIN_PACKETS * mtu);
        window = mtu;
        partialBytesAcked = 0;
    }
}
