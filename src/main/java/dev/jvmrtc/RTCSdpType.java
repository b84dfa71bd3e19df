package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/** RTCSdpType (webrtc-pc §4.6.1). */
public enum RTCSdpType {
    /** An offer. */
    OFFER("offer"),
    /** A provisional answer. */
    PRANSWER("pranswer"),
    /** The final answer. */
    ANSWER("answer"),
    /** Undoes the pending offer. */
    ROLLBACK("rollback");

    private final String word;

    RTCSdpType(String word) {
        this.word = word;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCSdpType of(String word) {
        for (RTCSdpType v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCSdpType");
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
