package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/** RTCErrorDetailType (webrtc-pc §11.2). */
public enum RTCErrorDetailType {
    /** W3C "data-channel-failure". */
    DATA_CHANNEL_FAILURE("data-channel-failure"),
    /** W3C "dtls-failure". */
    DTLS_FAILURE("dtls-failure"),
    /** W3C "fingerprint-failure". */
    FINGERPRINT_FAILURE("fingerprint-failure"),
    /** W3C "sctp-failure". */
    SCTP_FAILURE("sctp-failure"),
    /** W3C "sdp-syntax-error". */
    SDP_SYNTAX_ERROR("sdp-syntax-error"),
    /** W3C "hardware-encoder-not-available". */
    HARDWARE_ENCODER_NOT_AVAILABLE("hardware-encoder-not-available"),
    /** W3C "hardware-encoder-error". */
    HARDWARE_ENCODER_ERROR("hardware-encoder-error");

    private final String word;

    RTCErrorDetailType(String word) {
        this.word = word;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCErrorDetailType of(String word) {
        for (RTCErrorDetailType v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCErrorDetailType");
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
