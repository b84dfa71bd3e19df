package dev.jvmrtc.jsep;

import static dev.jvmrtc.sdp.HostileDescriptions.head;
import static dev.jvmrtc.sdp.HostileDescriptions.video;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.rtp.header.HeaderExtensions;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Peers of RFC 3264 that know no a=mid (SIP phones, PBXs): sections of offer and answer belong together by their order.
 */
class PeersWithoutMidsTest {
    private final Negotiator n = BoundedWorkTest.negotiator();

    private static String withoutMids(String sdp) {
        return sdp.replaceAll("a=(mid|group):[^\r]*\r\n", "");
    }

    private static String section() {
        return withoutMids(video("96", "x", ""));
    }

    private String answer(String offer) throws JsepException {
        n.applyRemote(n.parse(false, SdpType.OFFER, offer));
        String answer = n.createAnswer();
        n.applyLocal(n.parse(true, SdpType.ANSWER, answer));
        return answer;
    }

    private String offer() throws JsepException {
        String offer = n.createOffer(false);
        n.applyLocal(n.parse(true, SdpType.OFFER, offer));
        return offer;
    }

    /** What a peer without RFC 5888 says to our offer. */
    private void answered(String offer, Negotiator peer) throws JsepException {
        peer.applyRemote(peer.parse(false, SdpType.OFFER, withoutMids(offer)));
        String answer = peer.createAnswer();
        peer.applyLocal(peer.parse(true, SdpType.ANSWER, answer));
        n.applyRemote(n.parse(false, SdpType.ANSWER, withoutMids(answer)));
    }

    @Test
    void transceiversHaveAMidOfOursThatLaterOffersWriteAndTheAnswerOmits() throws JsepException {
        String answer = answer(head("") + section() + section());
        assertFalse(answer.contains("a=mid:"), answer);
        assertFalse(answer.contains("BUNDLE"), answer);
        List<String> mids = n.transceivers().stream().map(t -> t.mid).toList();
        assertEquals(List.of("0", "1"), mids);
        assertEquals(2, n.plan().transports().size());
        assertEquals(2, n.plan().media().size());
        String own = offer();
        assertTrue(
                own.contains("a=mid:0\r\n") && own.contains("a=mid:1\r\n") && own.contains("a=group:BUNDLE 0 1\r\n"),
                own);
        assertEquals(2, own.split("m=video", -1).length - 1, own);
    }

    @Test
    void aSecondOfferIsForTheSameTransceiversAndTransports() throws JsepException {
        answer(head("") + section());
        JsepTransceiver t = n.transceivers().get(0);
        int transport = n.plan().transports().get(0).id();
        answer(head("") + section().replace("a=sendrecv", "a=sendonly") + section());
        assertSame(t, n.byIndex(0));
        assertEquals(2, n.transceivers().size());
        assertEquals(transport, n.plan().transports().get(0).id());
    }

    @Test
    void anOfferThatReplacesAPendingOneIsForTheSameTransceiver() throws JsepException {
        n.applyRemote(n.parse(false, SdpType.OFFER, head("") + section()));
        answer(head("") + section());
        assertEquals(1, n.transceivers().size());
        assertEquals("0", n.transceivers().get(0).mid);
    }

    @Test
    void anAnswerWithoutMidsKeepsTheTransportsOfOurOffer() throws JsepException {
        Negotiator peer = BoundedWorkTest.negotiator();
        n.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        n.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV, false, null);
        n.wantData();
        String offer = offer();
        List<Integer> offered =
                n.plan().transports().stream().map(Agreement.Transport::id).toList();
        answered(offer, peer);
        Agreement plan = n.plan();
        assertEquals(
                offered, plan.transports().stream().map(Agreement.Transport::id).toList());
        assertTrue(
                plan.transports().stream()
                        .allMatch(t -> t.remoteUfrag() != null
                                && t.dtlsClient() != null
                                && !t.fingerprints().isEmpty()),
                plan.toString());
        assertEquals(2, plan.media().size());
        assertTrue(plan.data() != null);
        answered(offer(), peer); // and the next negotiation finds all of it again
        assertEquals(plan.transports().size(), n.plan().transports().size());
        assertEquals(2, n.transceivers().size());
    }

    @Test
    void aPeerThatWasOfferedMidsMayOfferWithoutThem() throws JsepException {
        Negotiator peer = BoundedWorkTest.negotiator();
        JsepTransceiver t = n.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV, false, null);
        answered(offer(), peer);
        answer(withoutMids(peer.createOffer(false)));
        assertEquals(List.of(t), n.transceivers());
    }

    @Test
    void aNameOfOursIsNoneThatThePeerUses() throws JsepException {
        String answer = answer(head("") + section() + video("96", "0", ""));
        assertEquals(1, answer.split("a=mid:0\r\n", -1).length - 1, answer);
        assertEquals("0", n.byIndex(1).mid);
        assertFalse(n.byIndex(0).mid.equals("0"));
        assertEquals(2, n.plan().media().size());
    }

    @Test
    void aRejectedSectionWithoutAMidIsFollowedByOneThatHasTheNameWeGaveIt() throws JsepException {
        String rejected = section().replace("m=video 9", "m=video 0");
        answer(head("") + video("96", "a", "") + rejected);
        answer(head("") + video("96", "a", "") + rejected + video("96", "0", ""));
        assertEquals(2, n.plan().media().size());
    }

    @Test
    void packetsCarryNoMidForAPeerThatHasNone() throws JsepException {
        answer(head("") + section() + "a=extmap:1 " + HeaderExtensions.MID + "\r\n");
        assertTrue(n.plan().media().get(0).sendExtensions().stream()
                .noneMatch(e -> e.uri().equals(HeaderExtensions.MID)));
    }

    @Test
    void aCandidateOfSuchASectionIsFoundByItsIndex() throws JsepException {
        answer(head("") + section() + section());
        assertEquals(1, n.remoteSection(null, 1, null).index());
        assertEquals(1, n.remoteSection("", 1, "abcd").index());
        assertTrue(n.transportOf(n.remoteSection(null, 1, null).mid()) != null);
    }
}
