package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/** RTCIceComponent (webrtc-pc §5.6.6). */
public enum RTCIceComponent {
    /** RTP, and with rtcp-mux everything. */
    RTP("rtp"),
    /** RTCP apart; never used here. */
    RTCP("rtcp");

    private final String word;

    RTCIceComponent(String word) {
        this.word = word;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCIceComponent of(String word) {
        for (RTCIceComponent v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCIceComponent");
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
