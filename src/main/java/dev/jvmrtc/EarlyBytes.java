package dev.jvmrtc;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of what a peer sent and nobody has listened to yet, of all channels and tracks of a connection together: a
 * bound whatever their number. Any thread.
 */
final class EarlyBytes {
    static final long MAX_BYTES = 4L << 20;

    private final AtomicLong held = new AtomicLong();

    boolean take(long bytes) {
        if (held.addAndGet(bytes) > MAX_BYTES) {
            held.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    void giveBack(long bytes) {
        held.addAndGet(-bytes);
    }
}
