package dev.jvmrtc.session.transport;

import dev.jvmrtc.core.ProtocolCore;

/**
 * When a transport that has failed lets go of its sockets, relays and timers: a while after the failure, unless it is
 * mended before. One that has let go waits for an ICE restart.
 */
public final class LettingGo {
    private final long afterNanos;
    private long atNanos = ProtocolCore.NEVER;
    private boolean done;

    /** @param afterNanos from the failure on; {@link ProtocolCore#NEVER} for never */
    public LettingGo(long afterNanos) {
        this.afterNanos = afterNanos;
    }

    /** Takes note of whether the transport has failed. */
    void note(long now, boolean failed) {
        if (!failed) {
            atNanos = ProtocolCore.NEVER;
            done = false;
        } else if (!done && atNanos == ProtocolCore.NEVER && afterNanos != ProtocolCore.NEVER) {
            atNanos = now + afterNanos;
        }
    }

    /** True once, when it is time. */
    boolean isDue(long now) {
        if (!ProtocolCore.due(atNanos, now)) {
            return false;
        }
        atNanos = ProtocolCore.NEVER;
        done = true;
        return true;
    }

    /** Whether nothing is left to be sent from or to. */
    boolean isDone() {
        return done;
    }

    long nextTimeoutNanos() {
        return atNanos;
    }
}
