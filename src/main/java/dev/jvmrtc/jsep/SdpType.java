package dev.jvmrtc.jsep;

/** Types of descriptions (RFC 9429 §3.2). */
public enum SdpType {
    OFFER,
    PRANSWER,
    ANSWER,
    ROLLBACK
}
