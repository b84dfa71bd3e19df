package dev.jvmrtc;

import dev.jvmrtc.session.plan.SessionEvent;
import java.util.HashMap;
import java.util.Map;

/**
 * Events of which the last alone counts: while one waits for its task on the application's executor, a newer of its
 * kind takes its place. A peer can change the path and the roles with every packet, and an executor that is held up
 * must not make us keep them all. From any thread.
 */
final class LatestEvents {

    /** What replaces what. */
    private record Key(Class<?> kind, int transportId) {}

    private final Map<Key, SessionEvent> waiting = new HashMap<>();

    private static Key keyOf(SessionEvent e) {
        if (e instanceof SessionEvent.SelectedPairChanged p) {
            return new Key(SessionEvent.SelectedPairChanged.class, p.transportId());
        }
        return e instanceof SessionEvent.IceRoleChanged r
                ? new Key(SessionEvent.IceRoleChanged.class, r.transportId())
                : null;
    }

    /** Whether the event needs a task of its own, which is then to {@link #take} it. */
    synchronized boolean offer(SessionEvent e) {
        Key key = keyOf(e);
        return key == null || waiting.put(key, e) == null;
    }

    /** The event that counts in place of the one that the task was made for. */
    synchronized SessionEvent take(SessionEvent e) {
        Key key = keyOf(e);
        return key == null ? e : waiting.remove(key);
    }
}
