package dev.jvmrtc.sdp;

import dev.jvmrtc.core.Steps;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The {@code a=} lines of a session or media section in their order, unknown ones included, so that a round trip
 * changes nothing.
 */
public final class AttributeList implements Iterable<Attribute> {
    private final List<Attribute> list = new ArrayList<>();

    public AttributeList add(Attribute a) {
        list.add(a);
        return this;
    }

    public AttributeList add(String name, String value) {
        return add(Attribute.of(name, value));
    }

    public AttributeList flag(String name) {
        return add(Attribute.flag(name));
    }

    public boolean has(String name) {
        return first(name) != null;
    }

    /** The first of that name, or null. */
    public Attribute first(String name) {
        for (Attribute a : list) {
            assert Steps.count();
            if (a.name().equals(name)) {
                return a;
            }
        }
        return null;
    }

    /** The value of the first of that name, or null. */
    public String value(String name) {
        Attribute a = first(name);
        return a == null ? null : a.value();
    }

    /** The direction attribute (RFC 8866 §6.7), or null where there is none. */
    public String direction() {
        for (String d : new String[] {"sendrecv", "sendonly", "recvonly", "inactive"}) {
            if (has(d)) {
                return d;
            }
        }
        return null;
    }

    public List<Attribute> all(String name) {
        List<Attribute> found = new ArrayList<>();
        for (Attribute a : list) {
            assert Steps.count();
            if (a.name().equals(name)) {
                found.add(a);
            }
        }
        return found;
    }

    public boolean remove(String name) {
        return list.removeIf(a -> a.name().equals(name));
    }

    public int size() {
        return list.size();
    }

    @Override
    public Iterator<Attribute> iterator() {
        return list.iterator();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof AttributeList a && a.list.equals(list);
    }

    @Override
    public int hashCode() {
        return list.hashCode();
    }
}
