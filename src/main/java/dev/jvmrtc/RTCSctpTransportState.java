package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/** RTCSctpTransportState (webrtc-pc §6.1.3). */
public enum RTCSctpTransportState {
    /** W3C "connecting". */
    CONNECTING("connecting"),
    /** W3C "connected". */
    CONNECTED("connected"),
    /** W3C "closed". */
    CLOSED("closed");

    private final String word;

    RTCSctpTransportState(String word) {
        this.word = word;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCSctpTransportState of(String word) {
        for (RTCSctpTransportState v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCSctpTransportState");
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
