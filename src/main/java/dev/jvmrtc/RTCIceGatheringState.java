package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/** RTCIceGatheringState (webrtc-pc §4.3.2). */
public enum RTCIceGatheringState {
    /** Nothing has been gathered yet. */
    NEW("new"),
    /** Some transport is gathering. */
    GATHERING("gathering"),
    /** Every transport has finished. */
    COMPLETE("complete");

    private final String word;

    RTCIceGatheringState(String word) {
        this.word = word;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCIceGatheringState of(String word) {
        for (RTCIceGatheringState v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCIceGatheringState");
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
