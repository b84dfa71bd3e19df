package dev.jvmrtc.sctp;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.ChunkType;
import dev.jvmrtc.sctp.rx.DataTracker;
import dev.jvmrtc.sctp.tx.RttEstimator;

/**
 * The end in order (RFC 9260 §9.2): which state follows which, what is said then, and the T2-shutdown timer that has it
 * said again.
 */
final class Shutdown {
    /** What has come of the peer's data. */
    private final DataTracker tracker;
    /** How long an answer is waited for. */
    private final RttEstimator rtt;
    /** T2-shutdown: when SHUTDOWN or SHUTDOWN ACK leaves again. */
    private long t2Nanos = NEVER;

    Shutdown(DataTracker tracker, RttEstimator rtt) {
        this.tracker = tracker;
        this.rtt = rtt;
    }

    /** The state that follows when the peer has acknowledged all that we had to send. */
    static AssociationState afterLastAcknowledgement(AssociationState state) {
        return switch (state) {
            // "Once all its outstanding data has been acknowledged, the endpoint sends a SHUTDOWN chunk to its peer
            // […]. It SHOULD then start the T2-shutdown timer and enter the SHUTDOWN-SENT state."
            case SHUTDOWN_PENDING -> AssociationState.SHUTDOWN_SENT;
            // "If the receiver of the SHUTDOWN chunk has no more outstanding DATA chunks, the SHUTDOWN chunk receiver
            // MUST send a SHUTDOWN ACK chunk and start a T2-shutdown timer of its own, entering the SHUTDOWN-ACK-SENT
            // state."
            case SHUTDOWN_RECEIVED -> AssociationState.SHUTDOWN_ACK_SENT;
            default -> state;
        };
    }

    /** The state that follows when a SHUTDOWN has come. */
    static AssociationState afterShutdown(AssociationState state) {
        return switch (state) {
            // "Upon reception of the SHUTDOWN chunk, the peer endpoint does the following: enter the SHUTDOWN-RECEIVED
            // state, stop accepting new data from its SCTP user […]"
            case ESTABLISHED, SHUTDOWN_PENDING -> AssociationState.SHUTDOWN_RECEIVED;
            // "If an endpoint is in the SHUTDOWN-SENT state and receives a SHUTDOWN chunk from its peer, the endpoint
            // SHOULD respond immediately with a SHUTDOWN ACK chunk to its peer and move into the SHUTDOWN-ACK-SENT
            // state, restarting its T2-shutdown timer."
            case SHUTDOWN_SENT -> AssociationState.SHUTDOWN_ACK_SENT;
            // Repeated, or in a state where it means nothing: "If a SHUTDOWN chunk is received in the COOKIE-WAIT or
            // COOKIE ECHOED state, the SHUTDOWN chunk SHOULD be silently discarded."
            default -> state;
        };
    }

    /**
     * Whether a SHUTDOWN ACK ends the association.
     *
     * <p>"Upon the receipt of the SHUTDOWN ACK chunk, the sender of the SHUTDOWN chunk MUST stop the T2-shutdown timer,
     * send a SHUTDOWN COMPLETE chunk to its peer, and remove all record of the association." And: "If an endpoint is in
     * the SHUTDOWN-ACK-SENT state and receives a SHUTDOWN ACK, it MUST stop the T2-shutdown timer, send a SHUTDOWN
     * COMPLETE chunk to its peer, and remove all record of the association."
     */
    static boolean isOverWithAck(AssociationState state) {
        return state == AssociationState.SHUTDOWN_SENT || state == AssociationState.SHUTDOWN_ACK_SENT;
    }

    /**
     * Whether a SHUTDOWN COMPLETE ends the association.
     *
     * <p>"Upon reception of the SHUTDOWN COMPLETE chunk, the endpoint verifies that it is in the SHUTDOWN-ACK-SENT
     * state; if it is not, the chunk SHOULD be discarded."
     */
    static boolean isOverWithComplete(AssociationState state) {
        return state == AssociationState.SHUTDOWN_ACK_SENT;
    }

    /** What is said in a state, for the first time or again; null where nothing is. Starts the timer. */
    Chunk say(long now, AssociationState state) {
        Chunk said = switch (state) {
            // "[…] including in the Cumulative TSN Ack field the last sequential TSN it has received from the peer."
            case SHUTDOWN_SENT -> new Chunk.Shutdown(tracker.cumulativeTsn());
            case SHUTDOWN_ACK_SENT -> new Chunk.Bare(ChunkType.SHUTDOWN_ACK);
            default -> null;
        };
        if (said != null) {
            t2Nanos = now + rtt.rtoNanos();
        }
        return said;
    }

    boolean isDue(long now) {
        return ProtocolCore.due(t2Nanos, now);
    }

    long nextTimeoutNanos() {
        return t2Nanos;
    }
}
