package dev.jvmrtc.sctp.tx;

/** Lets everything out at once, whatever becomes of it: for tests of what stands behind it. */
public class WideWindow implements CongestionController {
    @Override
    public long window() {
        return Long.MAX_VALUE / 2;
    }

    @Override
    public long slowStartThreshold() {
        return 0;
    }

    @Override
    public void acknowledged(long at, Arrival arrival) {
        // It stays wide.
    }

    @Override
    public void rttMeasured(long at, long nanos) {
        // It stays wide.
    }

    @Override
    public void lost(long lostBytes) {
        // It stays wide.
    }

    @Override
    public void lossDetected(long at) {
        // It stays wide.
    }

    @Override
    public void timeout(long at) {
        // It stays wide.
    }

    @Override
    public void idle(long at, long timeouts) {
        // It stays wide.
    }

    @Override
    public void packetSizeChanged(int size) {
        // It stays wide.
    }
}
