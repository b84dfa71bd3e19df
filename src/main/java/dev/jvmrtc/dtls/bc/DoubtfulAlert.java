package dev.jvmrtc.dtls.bc;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;

/**
 * An alert in the clear that would end the handshake. Anybody can have sent it, so it is believed only of a peer that
 * has begun, and when nothing else comes for {@link #DOUBT_NANOS}.
 */
final class DoubtfulAlert {
    /**
     * How long what anybody can have sent waits to be contradicted: a peer that goes on resends within a second or two.
     */
    static final long DOUBT_NANOS = 3_000_000_000L;

    /** What it says; −1 for none. */
    private int description = -1;
    /** When it is believed. */
    private long deadlineNanos = NEVER;

    /**
     * @param alert of {@link RecordFilter#takeClearAlert}: level and description, −1 for none
     * @param begun whether the peer has begun: who has not has nothing to end, and who has resends within the time, if
     *     it is not the end
     */
    void note(long now, int alert, boolean begun) {
        if (alert >= 0 && (alert >> 8 == AlertLevel.fatal || (alert & 0xff) == AlertDescription.close_notify)) {
            description = alert & 0xff;
            deadlineNanos = begun ? now + DOUBT_NANOS : deadlineNanos;
        }
    }

    /** The peer goes on, or somebody in its name. */
    void contradict(long now) {
        if (deadlineNanos != NEVER) {
            deadlineNanos = now + DOUBT_NANOS;
        }
    }

    boolean isThere() {
        return description >= 0;
    }

    int description() {
        return description;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    /** It is not believed any more. */
    void forget() {
        deadlineNanos = NEVER;
    }

    @Override
    public String toString() {
        return AlertDescription.getText((short) description);
    }
}
