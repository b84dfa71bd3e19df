package dev.jvmrtc;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A message of a data channel (HTML, MessageEvent).
 *
 * @param data a String for a text message, a ByteBuffer of its own for a binary one
 */
public record MessageEvent(Object data) {

    /**
     * Checks the argument.
     *
     * @param data a String or a ByteBuffer
     */
    public MessageEvent {
        Objects.requireNonNull(data, "data");
    }

    /** {@return whether the message is binary} */
    public boolean isBinary() {
        return data instanceof ByteBuffer;
    }

    /**
     * {@return the text of a text message}
     *
     * @throws ClassCastException for a binary one
     */
    public String text() {
        return (String) data;
    }

    /**
     * {@return the bytes of a binary message, positioned at its start}
     *
     * @throws ClassCastException for a text one
     */
    public ByteBuffer bytes() {
        return (ByteBuffer) data;
    }
}
