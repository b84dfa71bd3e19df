package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/** RTCIceServerTransportProtocol (webrtc-pc §4.8.1.4). */
public enum RTCIceServerTransportProtocol {
    /** W3C "udp". */
    UDP("udp"),
    /** W3C "tcp". */
    TCP("tcp"),
    /** W3C "tls". */
    TLS("tls");

    private final String word;

    RTCIceServerTransportProtocol(String word) {
        this.word = word;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCIceServerTransportProtocol of(String word) {
        for (RTCIceServerTransportProtocol v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCIceServerTransportProtocol");
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
