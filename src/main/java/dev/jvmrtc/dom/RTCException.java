package dev.jvmrtc.dom;

/**
 * What W3C calls a DOMException: an operation that failed, with the W3C name of the error. {@link #getMessage()} says
 * what to do about it.
 *
 * <p>Thrown at once where the specification throws, else the cause with which a future fails.
 */
public class RTCException extends RuntimeException implements RTCFailure {
    private static final long serialVersionUID = 1;
    private final String name;

    /**
     * An error without a cause.
     *
     * @param name a W3C error name such as {@code InvalidStateError}
     * @param message what is wrong, and what to do about it
     */
    public RTCException(String name, String message) {
        super(message);
        this.name = name;
    }

    /**
     * An error with a cause.
     *
     * @param name a W3C error name such as {@code InvalidStateError}
     * @param message what is wrong, and what to do about it
     * @param cause what led to it
     */
    public RTCException(String name, String message, Throwable cause) {
        super(message, cause);
        this.name = name;
    }

    /**
     * The W3C name: {@code InvalidStateError}, {@code InvalidAccessError}, {@code InvalidModificationError},
     * {@code NotFoundError} …
     */
    @Override
    public String getName() {
        return name;
    }

    @Override
    public String toString() {
        return name + ": " + getMessage();
    }
}
