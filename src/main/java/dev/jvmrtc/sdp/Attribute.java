package dev.jvmrtc.sdp;

import java.util.Objects;

/**
 * An {@code a=} line.
 *
 * @param value what follows the colon, or null for a property such as {@code a=sendrecv}
 * @param line where it stood, counted from 1; 0 where we made it. Not part of equality.
 */
public record Attribute(String name, String value, int line) {

    /**
     * A line is a line whatever it is made of: nothing that could begin another one gets into a description (RFC 8866
     * §9, byte-string).
     */
    public Attribute {
        requireOneLine(name);
        if (value != null) {
            requireOneLine(value);
        }
    }

    private static void requireOneLine(String text) {
        if (!isOneLine(text)) {
            throw new IllegalArgumentException("an attribute of a session description has no line end inside");
        }
    }

    /** Whether a text has neither CR nor LF nor NUL in it. */
    public static boolean isOneLine(String text) {
        return text.indexOf('\r') < 0 && text.indexOf('\n') < 0 && text.indexOf('\0') < 0;
    }

    public static Attribute of(String name, String value) {
        return new Attribute(name, value, 0);
    }

    public static Attribute flag(String name) {
        return new Attribute(name, null, 0);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Attribute a && a.name.equals(name) && Objects.equals(a.value, value);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, value);
    }

    @Override
    public String toString() {
        return value == null ? "a=" + name : "a=" + name + ":" + value;
    }
}
