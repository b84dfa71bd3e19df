package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/** RTCRtcpMuxPolicy (webrtc-pc §4.2.5). */
public enum RTCRtcpMuxPolicy {
    /** RTP and RTCP share a transport; peers that cannot are refused. */
    REQUIRE("require");

    private final String word;

    RTCRtcpMuxPolicy(String word) {
        this.word = word;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCRtcpMuxPolicy of(String word) {
        for (RTCRtcpMuxPolicy v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCRtcpMuxPolicy");
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
