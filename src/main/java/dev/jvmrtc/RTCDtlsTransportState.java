package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/** RTCDtlsTransportState (webrtc-pc §5.5). */
public enum RTCDtlsTransportState {
    /** W3C "new". */
    NEW("new"),
    /** W3C "connecting". */
    CONNECTING("connecting"),
    /** W3C "connected". */
    CONNECTED("connected"),
    /** W3C "closed". */
    CLOSED("closed"),
    /** W3C "failed". */
    FAILED("failed");

    private final String word;

    RTCDtlsTransportState(String word) {
        this.word = word;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCDtlsTransportState of(String word) {
        for (RTCDtlsTransportState v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCDtlsTransportState");
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
