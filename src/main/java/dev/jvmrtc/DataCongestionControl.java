package dev.jvmrtc;

/** How much data of channels a connection puts on its way. Not of W3C. */
public enum DataCongestionControl {
    /**
     * CUBIC (RFC 9438), as TCP of most systems has it: every loss cuts the rate to seven tenths. Fair to everybody, and
     * slow on long paths that lose packets.
     */
    CONSERVATIVE,
    /**
     * By a model of the path, its delivery rate and its round-trip time, as BBR does: losses alone do not slow it down.
     * Beside TCP it takes more than its share.
     */
    MODEL_BASED
}
