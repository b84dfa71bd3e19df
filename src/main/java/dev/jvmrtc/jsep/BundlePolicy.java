package dev.jvmrtc.jsep;

/** How our first offer shares transports, before the peer has said whether it bundles (RFC 9429 §4.1.1). */
public enum BundlePolicy {
    /** One transport for each kind of media. */
    BALANCED,
    /** One for each section. */
    MAX_COMPAT,
    /** One for all. */
    MAX_BUNDLE
}
