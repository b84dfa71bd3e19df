package dev.jvmrtc.media.codec;

/** A frame that cannot be decoded or encoded. */
public final class CodecException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param reason one of a few, to count by: without anything that the peer chooses. Null is as "no reason given" */
    public CodecException(String reason) {
        super(reason == null ? "no reason given" : reason, null, false, false);
    }
}
