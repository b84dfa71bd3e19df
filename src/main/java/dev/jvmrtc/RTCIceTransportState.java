package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/** RTCIceTransportState (webrtc-pc §5.6.3). */
public enum RTCIceTransportState {
    /** W3C "closed". */
    CLOSED("closed"),
    /** W3C "failed". */
    FAILED("failed"),
    /** W3C "disconnected". */
    DISCONNECTED("disconnected"),
    /** W3C "new". */
    NEW("new"),
    /** W3C "checking". */
    CHECKING("checking"),
    /** W3C "completed". */
    COMPLETED("completed"),
    /** W3C "connected". */
    CONNECTED("connected");

    private final String word;

    RTCIceTransportState(String word) {
        this.word = word;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCIceTransportState of(String word) {
        for (RTCIceTransportState v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCIceTransportState");
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
