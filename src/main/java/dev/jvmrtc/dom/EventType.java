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

    /**
     * Events of a name; classes that fire events use this.
     *
     * @param name as W3C has it
     * @param eventClass class of the events' objects
     * @param <E> the same
     * @return a new type, equal to itself only
     */
    public static <E> EventType<E> of(String name, Class<E> eventClass) {
        return new EventType<>(name, eventClass);
    }

    /** {@return the W3C name: {@code icecandidate}} */
    public String name() {
        return name;
    }

    /** {@return the class of the event objects} */
    public Class<E> eventClass() {
        return eventClass;
    }

    @Override
    public String toString() {
        return name;
    }
}
