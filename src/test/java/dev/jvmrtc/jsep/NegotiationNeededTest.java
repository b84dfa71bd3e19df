package dev.jvmrtc.jsep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When what is wanted differs from what was negotiated (webrtc-pc §4.7.3). */
class NegotiationNeededTest {
    private final Peers p = new Peers();
    private JsepTransceiver t;

    @BeforeEach
    void negotiated() throws JsepException {
        assertFalse(p.a.isNegotiationNeeded(), "of nothing");
        t = p.a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        assertTrue(p.a.isNegotiationNeeded(), "of a transceiver without a section");
        p.negotiate();
        assertFalse(p.a.isNegotiationNeeded());
        assertFalse(p.b.isNegotiationNeeded());
    }

    @Test
    void anotherDirectionNeedsItUntilItIsTheOldOneAgain() throws JsepException {
        // The answer was recvonly: b has nothing to send.
        assertEquals(Direction.SENDONLY, t.currentDirection);
        t.direction = Direction.INACTIVE;
        assertTrue(p.a.isNegotiationNeeded());
        t.direction = Direction.SENDRECV;
        assertFalse(p.a.isNegotiationNeeded());
        t.direction = Direction.SENDONLY;
        assertFalse(p.a.isNegotiationNeeded(), "step 5.3.2: it is what the answer left of the offer");
        p.b.transceivers().get(0).direction = Direction.SENDRECV;
        assertTrue(p.b.isNegotiationNeeded());
        p.b.transceivers().get(0).direction = Direction.RECVONLY;
        assertFalse(p.b.isNegotiationNeeded());
    }

    @Test
    void otherStreamsNeedItWhereSomethingIsSent() {
        t.streamIds = List.of("s");
        assertTrue(p.a.isNegotiationNeeded());
        t.streamIds = List.of();
        assertFalse(p.a.isNegotiationNeeded());
        p.b.transceivers().get(0).streamIds = List.of("s");
        assertFalse(p.b.isNegotiationNeeded(), "of what only receives");
    }

    @Test
    void aFirstChannelNeedsItAndASecondDoesNot() throws JsepException {
        p.a.wantData();
        assertTrue(p.a.isNegotiationNeeded());
        p.negotiate();
        p.a.wantData();
        assertFalse(p.a.isNegotiationNeeded());
    }

    @Test
    void aRestartNeedsItUntilItIsDone() throws JsepException {
        p.a.wantIceRestart();
        assertTrue(p.a.isNegotiationNeeded());
        p.negotiate();
        assertFalse(p.a.isNegotiationNeeded());
    }

    @Test
    void aTransceiverThatStopsNeedsItUntilItHasStopped() throws JsepException {
        t.stopping = true;
        assertTrue(p.a.isNegotiationNeeded());
        p.negotiate();
        assertTrue(t.stopped);
        assertFalse(p.a.isNegotiationNeeded());
    }
}
