package dev.jvmrtc.jsep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What changes when descriptions are applied and offers undone (RFC 9429 §5.9 to §5.11, §4.1.10.2). */
class ApplierTest {
    private final Peers p = new Peers();

    @Test
    void anOfferOfThePeerMakesTransceiversAndARollbackTakesThemAway() throws JsepException {
        p.a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        Peers.offer(p.a, p.b);
        JsepTransceiver made = p.b.transceivers().get(0);
        assertEquals(Direction.RECVONLY, made.direction, "§5.10");
        assertEquals(SignalingState.HAVE_REMOTE_OFFER, p.b.state());
        Changes changes = p.b.rollback(false);
        assertEquals(List.of(made), changes.stopped());
        assertTrue(made.stopped);
        assertEquals(List.of(), p.b.transceivers());
        assertEquals(SignalingState.STABLE, p.b.state());
        assertNull(p.b.remote());
    }

    @Test
    void aTransceiverThatAddTrackHasTakenOutlivesTheRollbackWithoutASection() throws JsepException {
        p.a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        Peers.offer(p.a, p.b);
        JsepTransceiver made = p.b.transceivers().get(0);
        made.usedByAddTrack = true;
        p.b.rollback(false);
        assertEquals(List.of(made), p.b.transceivers());
        assertFalse(made.stopped);
        assertNull(made.mid);
    }

    @Test
    void aTransceiverOfAddTrackIsAdoptedByTheOfferOfItsKind() throws JsepException {
        JsepTransceiver other = p.b.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        JsepTransceiver ours = p.b.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, true, null);
        p.a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        Peers.offer(p.a, p.b);
        assertEquals(List.of(other, ours), p.b.transceivers());
        assertEquals(p.b.remote().sections().get(0).mid(), ours.mid);
        assertNull(other.mid, "§5.10: only those that addTrack made");
    }

    @Test
    void aRollbackWithoutAnOfferIsOfAnotherState() throws JsepException {
        for (boolean local : new boolean[] {true, false}) {
            assertEquals(
                    JsepException.Kind.INVALID_STATE,
                    assertThrows(JsepException.class, () -> p.a.rollback(local)).kind());
        }
    }

    @Test
    void theAgreedDirectionIsThatOfBothAndSaysWhatIsReceived() throws JsepException {
        JsepTransceiver t = p.a.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV, false, null);
        Peers.offer(p.a, p.b);
        assertNull(t.currentDirection);
        p.b.transceivers().get(0).direction = Direction.SENDONLY;
        String answer = p.b.createAnswer();
        p.b.applyLocal(p.b.parse(true, SdpType.ANSWER, answer));
        Changes changes = p.a.applyRemote(p.a.parse(false, SdpType.ANSWER, answer));
        assertEquals(Direction.RECVONLY, t.currentDirection);
        assertEquals(Direction.SENDONLY, p.b.transceivers().get(0).currentDirection);
        assertEquals(1, changes.receptions().size());
        assertTrue(changes.receptions().get(0).receives());
    }

    @Test
    void aProvisionalAnswerAgreesAndLeavesTheOfferPending() throws JsepException {
        p.a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        Peers.offer(p.a, p.b);
        String answer = p.b.createAnswer();
        p.a.applyRemote(p.a.parse(false, SdpType.PRANSWER, answer));
        assertEquals(SignalingState.HAVE_REMOTE_PRANSWER, p.a.state());
        assertNull(p.a.currentLocal());
        assertEquals(Direction.SENDONLY, p.a.transceivers().get(0).currentDirection);
        p.a.applyRemote(p.a.parse(false, SdpType.ANSWER, answer));
        assertEquals(SignalingState.STABLE, p.a.state());
        assertEquals(SdpType.OFFER, p.a.currentLocal().type());
        assertNull(p.a.pendingLocal());
    }

    @Test
    void theAgreementHasThePayloadTypesOfWhoeverReceives() throws JsepException {
        p.a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        p.a.wantData();
        Peers.offer(p.a, p.b);
        p.b.transceivers().get(0).direction = Direction.SENDRECV;
        String answer = p.b.createAnswer().replace("a=sctp-port:5000", "a=sctp-port:5001");
        p.a.applyRemote(p.a.parse(
                false,
                SdpType.ANSWER,
                answer.replace("m=audio 9 UDP/TLS/RTP/SAVPF 111 9 0 8", "m=audio 9 UDP/TLS/RTP/SAVPF 8")));
        Agreement agreement = p.a.plan();
        assertEquals(1, agreement.transports().size());
        Agreement.Media m = agreement.media().get(0);
        assertEquals(
                List.of(8), m.sendCodecs().stream().map(c -> c.payloadType()).toList());
        assertEquals(
                List.of(111, 9, 0, 8),
                m.receiveCodecs().stream().map(c -> c.payloadType()).toList());
        assertEquals(5_000, agreement.data().localPort());
        assertEquals(5_001, agreement.data().remotePort());
    }

    @Test
    void aRefusedDataSectionIsToldOnceItIsAgreed() throws JsepException {
        p.a.wantData();
        Peers.offer(p.a, p.b);
        String refused =
                p.b.createAnswer().replace("m=application 9", "m=application 0").replaceAll("a=group[^\r]*\r\n", "");
        Changes changes = p.a.applyRemote(p.a.parse(false, SdpType.ANSWER, refused));
        assertTrue(changes.dataRefused());
        assertNull(p.a.plan().data());
        assertFalse(p.a.isNegotiationNeeded(), "the next channel asks again");
    }
}
