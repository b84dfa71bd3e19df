package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/** RTCIceRole (webrtc-pc §5.6.5). */
public enum RTCIceRole {
    /** W3C "unknown". */
    UNKNOWN("unknown"),
    /** W3C "controlling". */
    CONTROLLING("controlling"),
    /** W3C "controlled". */
    CONTROLLED("controlled");

    private final String word;

    RTCIceRole(String word) {
        this.word = word;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCIceRole of(String word) {
        for (RTCIceRole v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCIceRole");
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
