package dev.jvmrtc;

/** How much data of channels a connection puts on its way. Not of W3C. */
public enum DataCongestionControl {
    /** As RFC 9260 §7.2 and TCP of old have it: every loss halves the rate. Fair to everybody, and slow on long paths that lose packets. */
    CONSERVATIVE,
    /** By a model of the path, its delivery rate and its round-trip time, as BBR does: losses alone do not slow it down. */
    MODEL_BASED
}
