package dev.jvmrtc.sctp;

import static dev.jvmrtc.sctp.AssociationState.CLOSED;
import static dev.jvmrtc.sctp.AssociationState.COOKIE_ECHOED;
import static dev.jvmrtc.sctp.AssociationState.COOKIE_WAIT;
import static dev.jvmrtc.sctp.AssociationState.ENDED;
import static dev.jvmrtc.sctp.AssociationState.ESTABLISHED;
import static dev.jvmrtc.sctp.AssociationState.SHUTDOWN_ACK_SENT;
import static dev.jvmrtc.sctp.AssociationState.SHUTDOWN_PENDING;
import static dev.jvmrtc.sctp.AssociationState.SHUTDOWN_RECEIVED;
import static dev.jvmrtc.sctp.AssociationState.SHUTDOWN_SENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.ChunkType;
import dev.jvmrtc.sctp.rx.DataTracker;
import dev.jvmrtc.sctp.tx.RttEstimator;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The transitions of RFC 9260 §9.2. */
class ShutdownTest {
    private static final long MILLI = 1_000_000L;
    private final DataTracker tracker = new DataTracker(100);
    private final RttEstimator rtt = new RttEstimator();
    private final Shutdown shutdown = new Shutdown(tracker, rtt);

    private static void assertTransitions(
            Map<AssociationState, AssociationState> expected, UnaryOperator<AssociationState> next) {
        for (AssociationState s : AssociationState.values()) {
            assertEquals(expected.getOrDefault(s, s), next.apply(s), "from " + s);
        }
    }

    @Test
    void whenAllIsAcknowledgedTheShutdownGoesOn() {
        assertTransitions(
                Map.of(SHUTDOWN_PENDING, SHUTDOWN_SENT, SHUTDOWN_RECEIVED, SHUTDOWN_ACK_SENT),
                Shutdown::afterLastAcknowledgement);
    }

    @Test
    void aShutdownOfThePeerIsHeardWhereItMeansSomething() {
        assertTransitions(
                Map.of(
                        ESTABLISHED,
                        SHUTDOWN_RECEIVED,
                        SHUTDOWN_PENDING,
                        SHUTDOWN_RECEIVED,
                        SHUTDOWN_SENT,
                        SHUTDOWN_ACK_SENT),
                Shutdown::afterShutdown);
    }

    @Test
    void whichStatesAckAndCompleteEnd() {
        Set<AssociationState> ack = EnumSet.of(SHUTDOWN_SENT, SHUTDOWN_ACK_SENT);
        for (AssociationState s : AssociationState.values()) {
            assertEquals(ack.contains(s), Shutdown.isOverWithAck(s), "SHUTDOWN ACK in " + s);
            assertEquals(s == SHUTDOWN_ACK_SENT, Shutdown.isOverWithComplete(s), "SHUTDOWN COMPLETE in " + s);
        }
    }

    @Test
    void shutdownTellsWhatHasCome() {
        tracker.observe(100, false);
        assertEquals(new Chunk.Shutdown(100), shutdown.say(0, SHUTDOWN_SENT));
        tracker.observe(101, false);
        assertEquals(new Chunk.Shutdown(101), shutdown.say(0, SHUTDOWN_SENT), "said again, it is the news of now");
        assertEquals(new Chunk.Bare(ChunkType.SHUTDOWN_ACK), shutdown.say(0, SHUTDOWN_ACK_SENT));
    }

    @Test
    void theTimerRunsFromWhatIsSaidForTheTimeout() {
        assertNull(shutdown.say(0, SHUTDOWN_RECEIVED));
        assertEquals(ProtocolCore.NEVER, shutdown.nextTimeoutNanos());
        shutdown.say(0, SHUTDOWN_SENT);
        assertEquals(500 * MILLI, shutdown.nextTimeoutNanos());
        assertFalse(shutdown.isDue(500 * MILLI - 1));
        assertTrue(shutdown.isDue(500 * MILLI));
        rtt.backOff();
        shutdown.say(500 * MILLI, SHUTDOWN_SENT);
        assertEquals(1_500 * MILLI, shutdown.nextTimeoutNanos());
    }

    @Test
    void whatStatesAllow() {
        Set<AssociationState> opening = EnumSet.of(CLOSED, COOKIE_WAIT, COOKIE_ECHOED);
        for (AssociationState s : AssociationState.values()) {
            assertEquals(opening.contains(s), s.isOpening(), "opening in " + s);
            assertEquals(!opening.contains(s) && s != ENDED, s.isUp(), "up in " + s);
            assertEquals(
                    EnumSet.of(COOKIE_ECHOED, ESTABLISHED, SHUTDOWN_PENDING, SHUTDOWN_SENT)
                            .contains(s),
                    s.takesData(),
                    "data comes in " + s);
            assertEquals(
                    EnumSet.of(ESTABLISHED, SHUTDOWN_PENDING, SHUTDOWN_RECEIVED).contains(s),
                    s.sendsData(),
                    "data leaves in " + s);
        }
    }
}
