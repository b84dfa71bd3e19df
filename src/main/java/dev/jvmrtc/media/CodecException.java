package dev.jvmrtc.media;

/** A frame that cannot be decoded or encoded. */
public final class CodecException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param reason one of a few, to count by: without anything that the peer chooses */
    public CodecException(String reason) {
        super(reason, null, false, false);
    }
}
