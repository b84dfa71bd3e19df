package dev.jvmrtc.rtp.send;

/**
 * How much of a stream may be sent again: a quarter of the larger of what it shall send and what it really sent in the
 * last second, and at once as much as one key frame. Whoever asks for more gets nothing, so that a receiver that asks
 * for everything again and again draws a quarter more, not many times what it is sent.
 */
final class RetransmissionBudget {
    /** One part in so many. */
    static final int SHARE = 4;
    /** What may be sent again at once where frames are smaller than this, in bytes: 20 packets. */
    static final int MIN_BURST = 24_000;

    private static final long SECOND = 1_000_000_000L;
    private static final int SLOTS = 10;
    private static final long SLOT_NANOS = SECOND / SLOTS;
    /** The largest frame of late counts as a key frame; with every frame it counts a little less. */
    private static final int FORGET = 256;

    private final long[] sent = new long[SLOTS];
    private long slot;
    /** The origin of time is any: before the first packet there is no slot. */
    private boolean begun;

    private long sentLastSecond;
    private long targetBitsPerSecond;
    private long frameTimestamp = -1;
    private long frameBytes;
    private long largestFrame;
    private long allowance = -1;
    private long refilledNanos;

    /** What the stream shall send. */
    void setTarget(long bitsPerSecond) {
        targetBitsPerSecond = bitsPerSecond;
    }

    /** A packet of the stream leaves for the first time. */
    void sent(long now, long timestamp, int bytes) {
        turn(now);
        sent[(int) Math.floorMod(slot, (long) SLOTS)] += bytes;
        sentLastSecond += bytes;
        if (timestamp != frameTimestamp) {
            frameTimestamp = timestamp;
            frameBytes = 0;
            largestFrame -= largestFrame / FORGET;
        }
        frameBytes += bytes;
        largestFrame = Math.max(largestFrame, frameBytes);
    }

    private void turn(long now) {
        long current = Math.floorDiv(now, SLOT_NANOS);
        if (!begun) {
            begun = true;
            slot = current;
        }
        for (int i = 0; i < SLOTS && slot < current; i++) {
            slot = Math.max(slot + 1, current - SLOTS + 1);
            int s = (int) Math.floorMod(slot, (long) SLOTS);
            sentLastSecond -= sent[s];
            sent[s] = 0;
        }
    }

    /** Whether so many bytes may be sent again now; then they count. */
    boolean take(long now, int bytes) {
        turn(now);
        long burst = Math.max(MIN_BURST, largestFrame);
        if (allowance < 0) {
            allowance = burst;
            refilledNanos = now;
        }
        long bytesPerSecond = Math.max(targetBitsPerSecond / 8, sentLastSecond) / SHARE;
        long elapsed = Math.max(0, Math.min(10 * SECOND, now - refilledNanos));
        long earned = bytesPerSecond * (elapsed / 1_000) / 1_000_000;
        if (earned > 0) {
            allowance = Math.min(burst, allowance + earned);
            refilledNanos = now;
        }
        if (allowance < bytes) {
            return false;
        }
        allowance -= bytes;
        return true;
    }
}
