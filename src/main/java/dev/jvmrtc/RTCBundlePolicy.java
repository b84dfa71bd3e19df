package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/** RTCBundlePolicy (webrtc-pc §4.2.4). */
public enum RTCBundlePolicy {
    /** One transport for each media type until the peer bundles. */
    BALANCED("balanced"),
    /** One transport for each section until the peer bundles. */
    MAX_COMPAT("max-compat"),
    /** One transport for all. */
    MAX_BUNDLE("max-bundle");

    private final String word;

    RTCBundlePolicy(String word) {
        this.word = word;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCBundlePolicy of(String word) {
        for (RTCBundlePolicy v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCBundlePolicy");
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
