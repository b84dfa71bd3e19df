package dev.jvmrtc.session.media;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

/** Key frames that the peer asks for: one event in a while, however often it asks. */
final class KeyFrameRequests extends Deadlines.Item {
    static final long INTERVAL_NANOS = 200_000_000L;

    private final Runnable tell;
    /** Of the transport; a section that has none yet waits for nothing. */
    private Deadlines deadlines = new Deadlines();
    /** Whether one was ever told of, and when the last was. */
    private boolean asked;

    private long askedNanos;
    /** Another was asked for since, and is told of when the interval is over. */
    private boolean waiting;

    /** @param tell what a request comes to */
    KeyFrameRequests(Runnable tell) {
        this.tell = tell;
    }

    /** The section is one of those of this transport now. */
    void setDeadlines(Deadlines ofTransport) {
        deadlines.set(this, NEVER);
        deadlines = ofTransport;
        deadlines.set(this, waiting ? askedNanos + INTERVAL_NANOS : NEVER);
    }

    void request(long now) {
        if (waiting) {
            return;
        }
        if (asked && now - askedNanos < INTERVAL_NANOS) {
            waiting = true;
            deadlines.set(this, askedNanos + INTERVAL_NANOS);
        } else {
            tell(now);
        }
    }

    private void tell(long now) {
        waiting = false;
        asked = true;
        askedNanos = now;
        tell.run();
    }

    void handleTimeout(long now) {
        if (waiting) {
            tell(now);
        }
    }
}
