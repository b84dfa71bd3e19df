package dev.jvmrtc.stun;

/** The class bits of a STUN message type (RFC 8489 §5). */
public enum StunClass {
    REQUEST,
    INDICATION,
    SUCCESS_RESPONSE,
    ERROR_RESPONSE
}
