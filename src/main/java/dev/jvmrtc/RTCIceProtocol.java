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

    /** The constant of a W3C word; throws {@link RTCTypeError} for any other. */
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
