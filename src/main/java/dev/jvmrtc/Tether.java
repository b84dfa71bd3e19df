package dev.jvmrtc;

import dev.jvmrtc.engine.SessionDriver;
import dev.jvmrtc.session.plan.SessionEvent;
import java.lang.ref.WeakReference;
import java.util.List;

/**
 * Whom a session tells what happens. An event loop reaches the session, and by this the connection: it is kept alive as
 * long as it has a peer that it may still tell its listeners, sinks and tracks of, though the application may have
 * forgotten it. One that never had a peer, or has failed, is kept by nobody but the application.
 */
final class Tether implements SessionDriver.Listener {
    private final WeakReference<ConnectionSlots> slots;
    private volatile ConnectionSlots held;

    Tether(ConnectionSlots slots) {
        this.slots = new WeakReference<>(slots);
    }

    /** Keeps the connection alive, or does not any more. */
    void hold(boolean alive) {
        held = alive ? slots.get() : null;
    }

    @Override
    public void sessionEvents(List<SessionEvent> events) {
        ConnectionSlots s = slots.get();
        if (s != null) {
            s.sessionEvents(events);
        } else {
            events.forEach(SessionEvent::release);
        }
    }

    @Override
    public void sessionFailed(Throwable cause) {
        ConnectionSlots s = slots.get();
        if (s != null) {
            s.sessionFailed(cause);
        }
    }
}
