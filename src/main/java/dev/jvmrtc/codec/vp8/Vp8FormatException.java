package dev.jvmrtc.codec.vp8;

/** A frame that cannot be decoded. {@link #reason()} is one of a fixed set, to count by. */
public final class Vp8FormatException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** Shorter than its header, or than its partitions are said to be. */
        TRUNCATED,
        /** A key frame without the start code, of no size, or of a version that does not exist. */
        BAD_HEADER,
        /** A key frame announces a picture larger than the decoder was told to take. */
        TOO_LARGE,
        /** An inter frame before any key frame. */
        NO_KEY_FRAME
    }

    private final Reason reason;

    Vp8FormatException(Reason reason, String message) {
        super(message, null, false, false); // no stack trace: a peer decides how often this is made
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
