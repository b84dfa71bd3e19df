package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/** RTCIceCandidateType (webrtc-pc §4.8.1.3). */
public enum RTCIceCandidateType {
    /** An address of an interface. */
    HOST("host"),
    /** As a STUN server saw us. */
    SRFLX("srflx"),
    /** As the peer saw us. */
    PRFLX("prflx"),
    /** On a TURN server. */
    RELAY("relay");

    private final String word;

    RTCIceCandidateType(String word) {
        this.word = word;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCIceCandidateType of(String word) {
        for (RTCIceCandidateType v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCIceCandidateType");
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
