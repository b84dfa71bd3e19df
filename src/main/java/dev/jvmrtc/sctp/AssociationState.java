package dev.jvmrtc.sctp;

/** States of an association (RFC 9260 §4). */
public enum AssociationState {
    /** Nothing sent. To {@link #COOKIE_WAIT} by connecting, to {@link #ESTABLISHED} by a valid COOKIE ECHO. */
    CLOSED,
    /** INIT sent. To {@link #COOKIE_ECHOED} with the INIT ACK. */
    COOKIE_WAIT,
    /** COOKIE ECHO sent. To {@link #ESTABLISHED} with the COOKIE ACK. */
    COOKIE_ECHOED,
    ESTABLISHED,
    /** Asked to shut down, data still outstanding. To {@link #SHUTDOWN_SENT} when all is acknowledged. */
    SHUTDOWN_PENDING,
    /** SHUTDOWN sent. To {@link #ENDED} with the SHUTDOWN ACK. */
    SHUTDOWN_SENT,
    /** The peer is shutting down; our data still outstanding. To {@link #SHUTDOWN_ACK_SENT}. */
    SHUTDOWN_RECEIVED,
    SHUTDOWN_ACK_SENT,
    /** Over, by shutdown, ABORT or failure. Nothing leaves this state. */
    ENDED
}
