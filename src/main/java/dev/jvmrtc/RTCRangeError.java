package dev.jvmrtc;

/** What JavaScript calls a RangeError: a number outside its range. */
public final class RTCRangeError extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    public RTCRangeError(String message) {
        super(message);
    }
}
