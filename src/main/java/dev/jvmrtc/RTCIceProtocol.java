package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/** RTCIceProtocol (webrtc-pc §4.8.1.1). */
public enum RTCIceProtocol {
    /** W3C "udp". */
    UDP("udp"),
    /** W3C "tcp". */
    TCP("tcp");

    private final String word;

    RTCIceProtocol(String word) {
        this.word = word;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCIceProtocol of(String word) {
        for (RTCIceProtocol v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCIceProtocol");
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
