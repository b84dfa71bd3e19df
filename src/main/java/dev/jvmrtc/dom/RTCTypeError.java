package dev.jvmrtc.dom;

/** What JavaScript calls a TypeError: an argument that can never be right. */
public final class RTCTypeError extends IllegalArgumentException implements RTCFailure {
    private static final long serialVersionUID = 1;

    /**
     * An error of this kind.
     *
     * @param message what is wrong with the argument
     */
    public RTCTypeError(String message) {
        super(message);
    }

    /** {@code TypeError}. */
    @Override
    public String getName() {
        return "TypeError";
    }
}
