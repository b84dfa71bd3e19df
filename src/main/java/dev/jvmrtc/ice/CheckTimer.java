package dev.jvmrtc.ice;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.ProtocolCore;

/**
 * When the next check may be sent. RFC 8445 §6.1.4.2: "The generation of ordinary and triggered connectivity checks is
 * governed by timer Ta." One check in Ta, whatever calls for it, so that nobody can make us send faster.
 */
final class CheckTimer {
    /** When it fires; NEVER while no check waits. */
    private long dueNanos = NEVER;
    /** When it last fired for a check. */
    private long lastNanos = NEVER;

    boolean isRunning() {
        return dueNanos != NEVER;
    }

    /** A check waits, and it does not run. */
    void start(long now) {
        boolean recent = lastNanos != NEVER && now - lastNanos < OutgoingChecks.TA_NANOS;
        dueNanos = recent ? lastNanos + OutgoingChecks.TA_NANOS : now;
    }

    boolean isDue(long now) {
        return ProtocolCore.due(dueNanos, now);
    }

    /** It has fired, and a check has been sent. */
    void fired(long now, boolean anotherWaits) {
        lastNanos = now;
        dueNanos = anotherWaits ? now + OutgoingChecks.TA_NANOS : NEVER;
    }

    void stop() {
        dueNanos = NEVER;
    }

    long nextTimeoutNanos() {
        return dueNanos;
    }
}
