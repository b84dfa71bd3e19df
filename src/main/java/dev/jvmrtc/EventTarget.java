package dev.jvmrtc;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that fires events: one handler per event by the {@code onX} methods, any number of listeners by {@link #addEventListener}.
 *
 * <p>Listeners of one object are called one at a time, in the order in which they were added, the {@code onX} handler at the place where it was first set. One
 * that throws is logged and harms neither the others nor the object. All methods may be called from any thread, also from within a listener.
 */
public abstract class EventTarget {
    private static final Logger LOG = LoggerFactory.getLogger(EventTarget.class);

    private static final class Slot {
        final CopyOnWriteArrayList<Consumer<Object>> listeners = new CopyOnWriteArrayList<>();
        final Map<Object, Consumer<Object>> added = new LinkedHashMap<>();
        HandlerEntry handler;
    }

    /** The place of the onX handler among the listeners. */
    private static final class HandlerEntry implements Consumer<Object> {
        volatile Consumer<Object> handler;

        @Override
        public void accept(Object event) {
            Consumer<Object> h = handler;
            if (h != null) {
                h.accept(event);
            }
        }
    }

    private final Map<String, Slot> slots = new LinkedHashMap<>();

    /** For the classes of this library. */
    protected EventTarget() {
    }

    /** Adds a listener for an event; adding the same one twice has no effect. */
    public final <E> void addEventListener(EventType<E> type, Consumer<? super E> listener) {
        add(type.name(), listener, e -> listener.accept(type.eventClass().cast(e)));
    }

    /** Adds a listener by the event's W3C name; it gets whatever object that event has. */
    public final void addEventListener(String type, Consumer<Object> listener) {
        add(type, listener, listener);
    }

    private void add(String type, Object key, Consumer<Object> listener) {
        synchronized (slots) {
            Slot s = slots.computeIfAbsent(type, t -> new Slot());
            if (s.added.putIfAbsent(key, listener) == null) {
                s.listeners.add(listener);
            }
        }
    }

    public final <E> void removeEventListener(EventType<E> type, Consumer<? super E> listener) {
        remove(type.name(), listener);
    }

    public final void removeEventListener(String type, Consumer<Object> listener) {
        remove(type, listener);
    }

    private void remove(String type, Object key) {
        synchronized (slots) {
            Slot s = slots.get(type);
            Consumer<Object> listener = s == null ? null : s.added.remove(key);
            if (listener != null) {
                s.listeners.remove(listener);
            }
        }
    }

    /** Sets the one handler of an event; null clears it. */
    protected final <E> void setHandler(EventType<E> type, Consumer<? super E> handler) {
        synchronized (slots) {
            Slot s = slots.computeIfAbsent(type.name(), t -> new Slot());
            if (handler == null) {
                if (s.handler != null) {
                    s.listeners.remove(s.handler);
                    s.handler.handler = null;
                    s.handler = null;
                }
                return;
            }
            if (s.handler == null) {
                s.handler = new HandlerEntry();
                s.listeners.add(s.handler);
            }
            s.handler.handler = e -> handler.accept(type.eventClass().cast(e));
        }
    }

    /** Whether anybody listens to the event. */
    protected final boolean hasListeners(EventType<?> type) {
        synchronized (slots) {
            Slot s = slots.get(type.name());
            return s != null && !s.listeners.isEmpty();
        }
    }

    /** Calls the listeners that there are now. Never with a lock held. */
    protected final <E> void fire(EventType<E> type, E event) {
        List<Consumer<Object>> snapshot;
        synchronized (slots) {
            Slot s = slots.get(type.name());
            if (s == null) {
                return;
            }
            snapshot = List.copyOf(s.listeners);
        }
        for (Consumer<Object> l : snapshot) {
            try {
                l.accept(event);
            } catch (Throwable t) {
                LOG.error("a listener of \"{}\" failed", type.name(), t);
            }
        }
    }

    /** Forgets all listeners, so that nothing they refer to is kept alive. */
    protected final void clearListeners() {
        synchronized (slots) {
            slots.clear();
        }
    }
}
