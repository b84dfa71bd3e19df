package dev.jvmrtc.dom;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that fires events: one handler per event by the {@code onX} methods, any number of listeners by
 * {@link #addEventListener}.
 *
 * <p>Listeners of one object are called one at a time, in the order in which they were added, the {@code onX} handler
 * at the place where it was first set. One that throws is logged and harms neither the others nor the object. All
 * methods may be called from any thread, also from within a listener.
 *
 * <p>Connections, data channels and remote tracks hold an event that nobody has listened to yet for the first handler
 * or listener of its type, however late that is set; it is called on the connection's executor, as always. So no event
 * is lost between making an object and setting its handler, whatever thread does so. A handler beside or after another
 * one of its type gets nothing old. Of events that carry nothing but their name one is held, of others up to 256, of
 * messages see {@code RTCDataChannel.onMessage}. What has become untrue meanwhile is not told:
 * {@code negotiationneeded} where the description is set, candidates of an ICE generation that is over, {@code mute} of
 * a track that plays again. Of a closed connection nothing is told. Changes of a connection's states are not held: read
 * the state after setting the handler. Local tracks, streams, senders and transports hold nothing.
 */
public abstract class EventTarget {
    /** Events of one type that are held at the most where they refer to nothing large. */
    protected static final int MAX_HELD_OF_A_TYPE = 256;

    private static final Logger LOG = LoggerFactory.getLogger(EventTarget.class);

    private static final class Slot {
        /** Never changed but replaced, so that whoever fires an event has those of its moment. */
        List<Consumer<Object>> listeners = List.of();

        final Map<Object, Consumer<Object>> added = new LinkedHashMap<>();
        HandlerEntry handler;
        /** Whether there ever was a listener: then no event is held. */
        boolean listened;

        void add(Consumer<Object> listener) {
            List<Consumer<Object>> more = new ArrayList<>(listeners);
            more.add(listener);
            listeners = List.copyOf(more);
        }

        void remove(Consumer<Object> listener) {
            listeners = listeners.stream().filter(l -> l != listener).toList();
        }
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
    /** Null where events are not held for their first listener. */
    private volatile HeldEvents held;
    /** Whether held events have their listener and are about to be told: others of such types go behind them. */
    private boolean delivering;

    /** For the classes of this library. */
    protected EventTarget() {}

    /**
     * Events are held for their first listener from now on. To be called before the first of them.
     *
     * @param tasks runs what it is given one at a time with all that fires events of this object
     */
    protected final void holdEvents(Consumer<Runnable> tasks) {
        held = new HeldEvents(this, tasks);
    }

    /**
     * Takes the room that an event needs which nobody listens to yet; false where there is none, and the event is lost.
     * With this object's lock held.
     *
     * @param alreadyHeld how many events of the type are held
     * @param type of the event
     * @param event its object
     * @return whether there was room; by default, fewer than {@link #MAX_HELD_OF_A_TYPE} are held
     */
    protected boolean takeRoom(EventType<?> type, Object event, int alreadyHeld) {
        return alreadyHeld < MAX_HELD_OF_A_TYPE;
    }

    /**
     * An event that took room is held no longer. With this object's lock held.
     *
     * @param type of the event
     * @param event its object, which {@link #takeRoom} was asked about
     */
    protected void giveRoomBack(EventType<?> type, Object event) {
        // It took nothing.
    }

    /**
     * Whether one event says all that several equal ones do, so that one of them is held.
     *
     * @param event an event's object
     * @return by default whether it carries nothing but its name
     */
    protected boolean saysItOnce(Object event) {
        return event instanceof Event;
    }

    /**
     * Whether an event that was held is still true when somebody listens at last.
     *
     * @param type of the event
     * @param event its object
     * @return whether to tell it; by default, true
     */
    protected boolean isStillTrue(EventType<?> type, Object event) {
        return true;
    }

    /**
     * Adds a listener for an event; adding the same one twice has no effect.
     *
     * @param type of the events, such as {@code RTCPeerConnection.TRACK}
     * @param listener called with each event's object, one at a time
     * @param <E> class of the events' objects
     */
    public final <E> void addEventListener(EventType<E> type, Consumer<? super E> listener) {
        add(type.name(), listener, e -> listener.accept(type.eventClass().cast(e)));
    }

    /**
     * Adds a listener by the event's W3C name; it gets whatever object that event has.
     *
     * @param type such as {@code "track"}; a name that this object has no event of is never heard of
     * @param listener called with each event's object, one at a time
     */
    public final void addEventListener(String type, Consumer<Object> listener) {
        add(type, listener, listener);
    }

    private void add(String type, Object key, Consumer<Object> listener) {
        boolean first = false;
        synchronized (slots) {
            Slot s = slots.computeIfAbsent(type, t -> new Slot());
            if (s.added.putIfAbsent(key, listener) == null) {
                s.add(listener);
                first = listened(type, s);
            }
        }
        if (first) {
            held.schedule(this::deliverHeld);
        }
    }

    /** Somebody listens. Returns whether there are events that have waited for that. */
    private boolean listened(String type, Slot s) {
        boolean first = !s.listened;
        s.listened = true;
        boolean waited = first && held != null && held.has(type::equals);
        delivering |= waited;
        return waited;
    }

    /**
     * Removes a listener; one that was never added is ignored. An event that is being told still reaches it. Until it
     * is removed, a listener and all it refers to stay alive with this object.
     *
     * @param type with which it was added
     * @param listener the same object that was added
     * @param <E> class of the events' objects
     */
    public final <E> void removeEventListener(EventType<E> type, Consumer<? super E> listener) {
        remove(type.name(), listener);
    }

    /**
     * Removes a listener by the event's W3C name; one that was never added is ignored.
     *
     * @param type with which it was added
     * @param listener the same object that was added
     */
    public final void removeEventListener(String type, Consumer<Object> listener) {
        remove(type, listener);
    }

    private void remove(String type, Object key) {
        synchronized (slots) {
            Slot s = slots.get(type);
            Consumer<Object> listener = s == null ? null : s.added.remove(key);
            if (listener != null) {
                s.remove(listener);
            }
        }
    }

    /**
     * Sets the one handler of an event; null clears it.
     *
     * @param type of the events
     * @param handler called with each event's object; null for none
     * @param <E> class of the events' objects
     */
    protected final <E> void setHandler(EventType<E> type, Consumer<? super E> handler) {
        boolean first;
        synchronized (slots) {
            Slot s = slots.computeIfAbsent(type.name(), t -> new Slot());
            if (handler == null) {
                if (s.handler != null) {
                    s.remove(s.handler);
                    s.handler.handler = null;
                    s.handler = null;
                }
                return;
            }
            if (s.handler == null) {
                s.handler = new HandlerEntry();
                s.add(s.handler);
            }
            s.handler.handler = e -> handler.accept(type.eventClass().cast(e));
            first = listened(type.name(), s);
        }
        if (first) {
            held.schedule(this::deliverHeld);
        }
    }

    /**
     * Calls the listeners that there are now, never with a lock held; if nobody has ever listened, the event is held
     * where there is room for it.
     *
     * @param type of the event
     * @param event its object
     * @param <E> class of the event's object
     */
    protected final <E> void fire(EventType<E> type, E event) {
        List<Consumer<Object>> now = List.of();
        boolean behind = false;
        synchronized (slots) {
            Slot s = slots.get(type.name());
            if (s != null && s.listened) {
                behind = delivering;
                if (behind) {
                    held.queue(type, event);
                } else {
                    now = s.listeners;
                }
            } else if (held != null) {
                held.hold(type, event);
            }
        }
        if (behind) {
            deliverHeld(); // its own event last
        } else {
            dispatch(type, event, now);
        }
    }

    private static void dispatch(EventType<?> type, Object event, List<Consumer<Object>> listeners) {
        for (Consumer<Object> l : listeners) {
            try {
                l.accept(event);
            } catch (Throwable t) {
                LOG.error("a listener of \"{}\" failed", type.name(), t);
            }
        }
    }

    private boolean isListened(String type) {
        Slot s = slots.get(type);
        return s != null && s.listened;
    }

    /** In a task: tells listeners what was held for them. */
    private void deliverHeld() {
        boolean more = true;
        while (more) {
            HeldEvents.Held next;
            List<Consumer<Object>> now = List.of();
            synchronized (slots) {
                next = held.take(this::isListened);
                more = next != null;
                if (more) {
                    now = slots.get(next.type().name()).listeners;
                } else {
                    delivering = false;
                }
            }
            if (more && isStillTrue(next.type(), next.event())) {
                dispatch(next.type(), next.event(), now);
            }
        }
    }

    /**
     * What is held of a type, which is held no longer.
     *
     * @param type of the events
     * @return their objects in order; empty where none is held
     */
    protected final List<Object> takeHeld(EventType<?> type) {
        synchronized (slots) {
            return held == null ? List.of() : held.takeAll(type.name());
        }
    }

    /** Nobody will be told of what is held. */
    protected final void forgetHeld() {
        synchronized (slots) {
            if (held != null) {
                held.clear();
            }
        }
    }

    /**
     * Forgets all listeners, so that nothing they refer to is kept alive. What is held stays for those who have never
     * listened to its type.
     */
    protected final void clearListeners() {
        synchronized (slots) {
            for (Slot s : slots.values()) {
                s.listeners = List.of();
                s.added.clear();
                s.handler = null;
            }
        }
    }
}
