package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/** RTCRtpTransceiverDirection (webrtc-pc §5.4.2). */
public enum RTCRtpTransceiverDirection {
    /** W3C "sendrecv". */
    SENDRECV("sendrecv"),
    /** W3C "sendonly". */
    SENDONLY("sendonly"),
    /** W3C "recvonly". */
    RECVONLY("recvonly"),
    /** W3C "inactive". */
    INACTIVE("inactive"),
    /** Stopped for good. */
    STOPPED("stopped");

    private final String word;

    RTCRtpTransceiverDirection(String word) {
        this.word = word;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCRtpTransceiverDirection of(String word) {
        for (RTCRtpTransceiverDirection v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCRtpTransceiverDirection");
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
