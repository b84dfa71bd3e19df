package dev.jvmrtc;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes of what a peer sent and nobody has listened to yet, of all channels and tracks of a connection together: a bound whatever their number. Any thread. */
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

    /** Room for an event that refers to so many bytes. */
    HeldEvents.Room room(long bytes, Runnable onRefused) {
        return new HeldEvents.Room() {
            @Override
            public boolean take(int alreadyHeld) {
                boolean room = alreadyHeld < HeldEvents.MAX_OF_A_TYPE && EarlyBytes.this.take(bytes);
                if (!room) {
                    onRefused.run();
                }
                return room;
            }

            @Override
            public void giveBack() {
                EarlyBytes.this.giveBack(bytes);
            }
        };
    }
}
