package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/** RTCDataChannelState (webrtc-pc §6.2.2). */
public enum RTCDataChannelState {
    /** W3C "connecting". */
    CONNECTING("connecting"),
    /** W3C "open". */
    OPEN("open"),
    /** W3C "closing". */
    CLOSING("closing"),
    /** W3C "closed". */
    CLOSED("closed");

    private final String word;

    RTCDataChannelState(String word) {
        this.word = word;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCDataChannelState of(String word) {
        for (RTCDataChannelState v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCDataChannelState");
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
