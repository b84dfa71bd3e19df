package dev.jvmrtc.dom;

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
 * The events of an object for which nobody has listened yet, in their order. A page cannot miss an event between making
 * an object and setting its handler, since both are one task of its only thread (HTML, "run-to-completion"); an
 * application with threads can, so that its first handler gets what was fired before.
 *
 * <p>Bounded: of events of which one says it all the first stands for all the same, of others there are as many as
 * their owner has room for. Guarded by its owner's lock.
 */
final class HeldEvents {
    /** An event that waits for its first handler. */
    record Held(EventType<?> type, Object event, boolean tookRoom) {}

    private final EventTarget owner;
    private final Consumer<Runnable> tasks;
    private final ArrayDeque<Held> events = new ArrayDeque<>();
    private final Map<String, Integer> counts = new HashMap<>();

    /** @param tasks runs what delivers events, one at a time with everything else that fires events of the object */
    HeldEvents(EventTarget owner, Consumer<Runnable> tasks) {
        this.owner = owner;
        this.tasks = tasks;
    }

    /** Holds an event for which nobody has listened yet, or does not where there is no room. */
    void hold(EventType<?> type, Object event) {
        int same = counts.getOrDefault(type.name(), 0);
        boolean isSaid = same > 0 && owner.saysItOnce(event) && events.stream().anyMatch(h -> h.event.equals(event));
        if (!isSaid && owner.takeRoom(type, event, same)) {
            add(new Held(type, event, true));
        }
    }

    /** Puts an event that has its listeners behind those that are held for them. */
    void queue(EventType<?> type, Object event) {
        add(new Held(type, event, false));
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
                giveRoomBack(h);
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
        events.forEach(this::giveRoomBack);
        events.clear();
        counts.clear();
    }

    private void giveRoomBack(Held h) {
        if (h.tookRoom) {
            owner.giveRoomBack(h.type, h.event);
        }
    }

    /** Without the lock: has the delivery run as a task. */
    void schedule(Runnable delivery) {
        tasks.accept(delivery);
    }
}
