package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/** RTCIceGathererState (webrtc-pc §5.6.2). */
public enum RTCIceGathererState {
    /** W3C "new". */
    NEW("new"),
    /** W3C "gathering". */
    GATHERING("gathering"),
    /** W3C "complete". */
    COMPLETE("complete");

    private final String word;

    RTCIceGathererState(String word) {
        this.word = word;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCIceGathererState of(String word) {
        for (RTCIceGathererState v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCIceGathererState");
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
