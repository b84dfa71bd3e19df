package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;

/**
 * What comes before what (webrtc-priority §4.1), as a share beside others of the connection: each twice that of the one
 * before.
 */
public enum RTCPriorityType {
    /** W3C "very-low". */
    VERY_LOW("very-low", 128),
    /** W3C "low". */
    LOW("low", 256),
    /** W3C "medium". */
    MEDIUM("medium", 512),
    /** W3C "high". */
    HIGH("high", 1_024);

    private final String word;
    /** RFC 8831 §6.4. */
    private final int channelPriority;

    RTCPriorityType(String word, int channelPriority) {
        this.word = word;
        this.channelPriority = channelPriority;
    }

    /**
     * The constant of a word of W3C.
     *
     * @param word as {@link #toString()} gives it
     * @return the constant
     * @throws RTCTypeError for any other word
     */
    public static RTCPriorityType of(String word) {
        for (RTCPriorityType v : values()) {
            if (v.word.equals(word)) {
                return v;
            }
        }
        throw new RTCTypeError("\"" + word + "\" is no RTCPriorityType");
    }

    /** For a channel that the peer has opened: the least that is not below. */
    static RTCPriorityType ofChannel(int priority) {
        for (RTCPriorityType t : values()) {
            if (priority <= t.channelPriority) {
                return t;
            }
        }
        return HIGH;
    }

    int channelPriority() {
        return channelPriority;
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
