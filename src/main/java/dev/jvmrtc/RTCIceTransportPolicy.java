package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/** RTCIceTransportPolicy (webrtc-pc §4.2.3). */
public enum RTCIceTransportPolicy {
    /** Only relayed candidates are used. */
    RELAY("relay"),
    /** Any candidate is used. */
    ALL("all");

    private final String word;

    RTCIceTransportPolicy(String word) {
        this.word = word;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCIceTransportPolicy of(String word) {
        for (RTCIceTransportPolicy v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCIceTransportPolicy");
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
