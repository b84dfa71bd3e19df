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
    ENDED;

    /** Whether the handshake goes on, so that an INIT begins nothing anew. */
    boolean isOpening() {
        return switch (this) {
            case CLOSED, COOKIE_WAIT, COOKIE_ECHOED -> true;
            default -> false;
        };
    }

    /**
     * Whether the association has come up and is not over. Data that overtook the COOKIE ACK is kept, but acknowledged
     * and told of only then.
     *
     * <p>RFC 9260 §5.1 C: "[…] until the COOKIE ACK chunk is returned, the sender MUST NOT send any other packets to
     * the peer."
     */
    boolean isUp() {
        return switch (this) {
            case CLOSED, COOKIE_WAIT, COOKIE_ECHOED, ENDED -> false;
            default -> true;
        };
    }

    /** Whether the peer may send data. */
    boolean takesData() {
        return switch (this) {
            case COOKIE_ECHOED, ESTABLISHED, SHUTDOWN_PENDING, SHUTDOWN_SENT -> true;
            default -> false;
        };
    }

    /** Whether our data leaves. */
    boolean sendsData() {
        return switch (this) {
            case ESTABLISHED, SHUTDOWN_PENDING, SHUTDOWN_RECEIVED -> true;
            default -> false;
        };
    }
}
