package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/** RTCPeerConnectionState (webrtc-pc §4.3.3). */
public enum RTCPeerConnectionState {
    /** close() was called. */
    CLOSED("closed"),
    /** A transport has failed. */
    FAILED("failed"),
    /** A transport is disconnected, and none has failed. */
    DISCONNECTED("disconnected"),
    /** Nothing has begun. */
    NEW("new"),
    /** A transport is connecting. */
    CONNECTING("connecting"),
    /** Every transport is connected or closed. */
    CONNECTED("connected");

    private final String word;

    RTCPeerConnectionState(String word) {
        this.word = word;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCPeerConnectionState of(String word) {
        for (RTCPeerConnectionState v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCPeerConnectionState");
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
