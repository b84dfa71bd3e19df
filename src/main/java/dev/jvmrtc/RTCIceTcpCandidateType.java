package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/** RTCIceTcpCandidateType (webrtc-pc §4.8.1.2). */
public enum RTCIceTcpCandidateType {
    /** W3C "active". */
    ACTIVE("active"),
    /** W3C "passive". */
    PASSIVE("passive"),
    /** W3C "so". */
    SO("so");

    private final String word;

    RTCIceTcpCandidateType(String word) {
        this.word = word;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCIceTcpCandidateType of(String word) {
        for (RTCIceTcpCandidateType v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCIceTcpCandidateType");
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
