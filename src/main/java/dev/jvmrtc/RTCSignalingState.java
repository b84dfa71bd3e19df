package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/** RTCSignalingState (webrtc-pc §4.3.1). */
public enum RTCSignalingState {
    /** No offer/answer exchange is under way. */
    STABLE("stable"),
    /** A local offer has been set. */
    HAVE_LOCAL_OFFER("have-local-offer"),
    /** A remote offer has been set. */
    HAVE_REMOTE_OFFER("have-remote-offer"),
    /** A remote offer and a provisional local answer have been set. */
    HAVE_LOCAL_PRANSWER("have-local-pranswer"),
    /** A local offer and a provisional remote answer have been set. */
    HAVE_REMOTE_PRANSWER("have-remote-pranswer"),
    /** The connection is closed. */
    CLOSED("closed");

    private final String word;

    RTCSignalingState(String word) {
        this.word = word;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCSignalingState of(String word) {
        for (RTCSignalingState v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCSignalingState");
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
