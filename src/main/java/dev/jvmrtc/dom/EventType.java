package dev.jvmrtc.dom;

/**
 * The name of an event together with the type of its object.
 *
 * @param <E> the event object's type
 */
public final class EventType<E> {
    private final String name;
    private final Class<E> eventClass;

    private EventType(String name, Class<E> eventClass) {
        this.name = name;
        this.eventClass = eventClass;
    }

    /** Events of a name; makers of event targets use this. */
    public static <E> EventType<E> of(String name, Class<E> eventClass) {
        return new EventType<>(name, eventClass);
    }

    /** The W3C name: {@code icecandidate}. */
    public String name() {
        return name;
    }

    /** The class of the event objects. */
    public Class<E> eventClass() {
        return eventClass;
    }

    @Override
    public String toString() {
        return name;
    }
}
