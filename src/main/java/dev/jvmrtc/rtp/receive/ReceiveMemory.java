package dev.jvmrtc.rtp.receive;

/**
 * What the received packets of one connection take that wait for the rest of their frames, of all its sources together.
 */
public final class ReceiveMemory {
    /**
     * Bytes at most: half a minute of 8 Mbit/s. A source that would need more loses what it has waiting, and asks for a
     * key frame.
     */
    public static final long MAX_BYTES = 32L << 20;
    /** What a packet costs beside its payload. */
    private static final int OVERHEAD = 160;

    private long held;

    /** Whether a packet with so much payload still fits; then it is counted. */
    boolean take(int payload) {
        if (held + payload + OVERHEAD > MAX_BYTES) {
            return false;
        }
        held += payload + OVERHEAD;
        return true;
    }

    /** A packet is gone. */
    void give(int payload) {
        held -= payload + OVERHEAD;
    }

    /** Bytes held now. */
    public long held() {
        return held;
    }
}
