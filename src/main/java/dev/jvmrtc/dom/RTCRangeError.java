package dev.jvmrtc.dom;

/** What JavaScript calls a RangeError: a number outside its range. */
public final class RTCRangeError extends IllegalArgumentException implements RTCFailure {
    private static final long serialVersionUID = 1;

    /**
     * An error of this kind.
     *
     * @param message what is wrong, and which range is meant
     */
    public RTCRangeError(String message) {
        super(message);
    }

    /** {@code RangeError}. */
    @Override
    public String getName() {
        return "RangeError";
    }
}
