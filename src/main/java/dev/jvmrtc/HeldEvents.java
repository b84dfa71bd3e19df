package dev.jvmrtc;

import dev.jvmrtc.core.Steps;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The events of an object for which nobody has listened yet, in their order. A page cannot miss an event between making an object and setting its handler,
 * since both are one task of its only thread (HTML, "run-to-completion"); an application with threads can, so that its first handler gets what was fired
 * before.
 *
 * <p>Bounded: of events that carry nothing but their name, or the transport that needs an ICE restart, the first one stands for all, of others there are
 * {@link #MAX_OF_A_TYPE}, and fewer where what they refer to has no {@link Room}. Guarded by its owner's lock.
 */
final class HeldEvents {
    /** Events of one type that are held at the most. */
    static final int MAX_OF_A_TYPE = 256;

    /** Room for an event and for what it refers to, which a peer can make large. */
    interface Room {
        /** For events that need none but their place among {@link #MAX_OF_A_TYPE}. */
        Room FREE = new Room() {
            @Override
            public boolean take(int alreadyHeld) {
                return alreadyHeld < MAX_OF_A_TYPE;
            }

            @Override
            public void giveBack() {
                // It took nothing.
            }
        };

        /** For events that are not held. */
        Room NONE = new Room() {
            @Override
            public boolean take(int alreadyHeld) {
                return false;
            }

            @Override
            public void giveBack() {
                // It took nothing.
            }
        };

        /** Takes room for one more event; false where there is none, and the event is lost. */
        boolean take(int alreadyHeld);

        /** The event is held no longer. */
        void giveBack();
    }

    /** An event that waits for its first handler. */
    record Held(EventType<?> type, Object event, Room room) {
    }

    private final Consumer<Runnable> tasks;
    private final ArrayDeque<Held> events = new ArrayDeque<>();
    private final Map<String, Integer> counts = new HashMap<>();

    /** @param tasks runs what delivers events, one at a time with everything else that fires events of the object */
    HeldEvents(Consumer<Runnable> tasks) {
        this.tasks = tasks;
    }

    /** Holds an event for which nobody has listened yet, or does not where there is no room. */
    void hold(EventType<?> type, Object event, Room room) {
        int same = counts.getOrDefault(type.name(), 0);
        if (!(same > 0 && isSaidAlready(event)) && room.take(same)) {
            add(new Held(type, event, room));
        }
    }

    /** Whether an event that says only that something is so has one that says the same before it. */
    private boolean isSaidAlready(Object event) {
        return (event instanceof Event || event instanceof RTCIceRestartNeededEvent) && events.stream().anyMatch(h -> h.event.equals(event));
    }

    /** Puts an event that has its listeners behind those that are held for them. */
    void queue(EventType<?> type, Object event) {
        add(new Held(type, event, Room.FREE));
    }

    private void add(Held h) {
        events.add(h);
        counts.merge(h.type.name(), 1, Integer::sum);
    }

    /** The first event of a type that passes, which is held no longer; or null. */
    Held take(Predicate<String> types) {
        if (!has(types)) {
            return null;
        }
        for (Iterator<Held> i = events.iterator(); i.hasNext(); ) {
            assert Steps.count();
            Held h = i.next();
            if (types.test(h.type.name())) {
                i.remove();
                counts.computeIfPresent(h.type.name(), (type, n) -> n == 1 ? null : n - 1);
                h.room.giveBack();
                return h;
            }
        }
        return null;
    }

    boolean has(Predicate<String> types) {
        for (String type : counts.keySet()) {
            if (types.test(type)) {
                return true;
            }
        }
        return false;
    }

    /** All of a type, held no longer. */
    List<Object> takeAll(String type) {
        List<Object> all = new ArrayList<>();
        for (Held h = take(type::equals); h != null; h = take(type::equals)) {
            all.add(h.event);
        }
        return all;
    }

    void clear() {
        events.forEach(h -> h.room.giveBack());
        events.clear();
        counts.clear();
    }

    /** Without the lock: has the delivery run as a task. */
    void schedule(Runnable delivery) {
        tasks.accept(delivery);
    }
}
