package dev.jvmrtc.jsep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.jsep.JsepException.Kind;
import dev.jvmrtc.sdp.Section;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which section a candidate belongs to (webrtc-pc §4.4.1.7, RFC 9429 §5.2.2). */
class CandidateSectionsTest {
    private static final String CANDIDATE = "candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host";

    private final Peers p = new Peers();

    private void isRefused(Kind kind, String mid, Integer index, String ufrag) {
        assertEquals(
                kind,
                assertThrows(JsepException.class, () -> p.a.remoteSection(mid, index, ufrag))
                        .kind());
    }

    @BeforeEach
    void twoSectionsOnOneTransport() throws JsepException {
        isRefused(Kind.INVALID_STATE, "0", null, null);
        p.a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        p.a.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV, false, null);
        p.negotiate();
    }

    @Test
    void theMidCountsBeforeTheIndexAndOneThatIsNotThereIsRefused() throws JsepException {
        List<Section> theirs = p.a.remote().sections();
        assertEquals(1, p.a.remoteSection(theirs.get(1).mid(), 0, null).index());
        assertEquals(1, p.a.remoteSection(null, 1, null).index());
        assertEquals(1, p.a.remoteSection("", 1, null).index());
        assertNull(p.a.remoteSection(null, null, null), "the end of all candidates");
        isRefused(Kind.OPERATION, "nobody", null, null);
        isRefused(Kind.OPERATION, null, 2, null);
        isRefused(Kind.OPERATION, null, -1, null);
    }

    @Test
    void aCandidateOfAGenerationThatIsNotInForceIsRefused() throws JsepException {
        String ufrag = p.a.remote().sections().get(0).iceUfrag();
        assertEquals(0, p.a.remoteSection(null, 0, ufrag).index());
        isRefused(Kind.OPERATION, null, 0, "older");
    }

    @Test
    void aCandidateOfOursShowsInTheTaggedSectionAlone() {
        int transport = p.a.plan().transports().get(0).id();
        p.a.addLocalCandidate(transport, CANDIDATE.substring("candidate:".length()));
        p.a.addLocalEndOfCandidates(transport);
        String sdp = p.a.local().text();
        int second = sdp.lastIndexOf("m=video");
        assertEquals(
                1, Peers.lines(sdp.substring(0, second), "a=candidate:1 1 udp").size(), sdp);
        assertEquals(
                1, Peers.lines(sdp.substring(0, second), "a=end-of-candidates").size(), sdp);
        assertEquals(0, Peers.lines(sdp.substring(second), "a=candidate:").size(), sdp);
        p.a.addLocalCandidate(transport + 1, "2 1 udp 1 192.0.2.2 5000 typ host");
        assertEquals(sdp, p.a.local().text(), "of a transport that there is not");
    }

    @Test
    void candidatesOfOursGoOnInTheNextOfferOfTheSameGeneration() throws JsepException {
        int transport = p.a.plan().transports().get(0).id();
        p.a.addLocalCandidate(transport, CANDIDATE.substring("candidate:".length()));
        p.negotiate();
        assertEquals(1, Peers.lines(p.a.local().text(), "a=candidate:").size());
        p.a.wantIceRestart();
        p.negotiate();
        assertEquals(0, Peers.lines(p.a.local().text(), "a=candidate:").size(), "RFC 9429 §5.2.2: of a restart none");
    }

    @Test
    void candidatesForASectionThatIsBundledWithAnotherAreOfNoTransport() {
        List<Section> theirs = p.a.remote().sections();
        Integer transport = p.a.candidateTransport(theirs.get(0));
        assertEquals(p.a.plan().transports().get(0).id(), transport);
        assertNull(p.a.candidateTransport(theirs.get(1)));
        assertTrue(p.a.remote().isBundledButNotTagged(theirs.get(1).mid()));
    }

    @Test
    void aCandidateOfThePeerShowsInItsDescription() {
        Section s = p.a.remote().sections().get(0);
        p.a.addRemoteCandidate(s, CANDIDATE.substring("candidate:".length()), s.iceUfrag());
        p.a.addRemoteEndOfCandidates(s);
        assertEquals(1, Peers.lines(p.a.remote().text(), "a=candidate:1 1 udp").size());
        assertEquals(1, Peers.lines(p.a.remote().text(), "a=end-of-candidates").size());
    }
}
