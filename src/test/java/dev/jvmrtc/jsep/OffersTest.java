package dev.jvmrtc.jsep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What our offers say (RFC 9429 §5.2). */
class OffersTest {
    private final Peers p = new Peers();

    private static List<String> mids(String sdp) {
        return Peers.lines(sdp, "a=mid:").stream().map(l -> l.substring(6)).toList();
    }

    @Test
    void aFirstOfferHasASectionForEachTransceiverInTheirOrderAndDataBehind() {
        p.a.wantData();
        p.a.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV, false, null);
        p.a.addTransceiver(MediaKind.AUDIO, Direction.RECVONLY, false, null);
        String offer = p.a.createOffer(false);
        // RFC 9429 §5.2.1: one for each transceiver, in the order in which they were added, then data.
        assertEquals(List.of("video 9", "audio 9", "application 9"), Peers.sections(offer));
        List<String> mids = mids(offer);
        assertEquals(3, new HashSet<>(mids).size(), "mids");
        assertEquals(List.of("a=group:BUNDLE " + String.join(" ", mids)), Peers.lines(offer, "a=group:"));
        assertEquals(3, Peers.lines(offer, "a=setup:actpass").size(), "RFC 8842 §5.2: an offer leaves the role open");
        assertEquals(2, Peers.lines(offer, "a=rtcp-mux").size());
        assertEquals(1, Peers.lines(offer, "a=sendrecv").size());
        assertEquals(1, Peers.lines(offer, "a=recvonly").size());
        assertEquals(1, Peers.lines(offer, "a=msid:").size(), "§5.2.1: only of what sends");
        assertEquals(List.of("a=sctp-port:5000"), Peers.lines(offer, "a=sctp-port:"));
    }

    @Test
    void makingAnOfferChangesNothing() {
        p.a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        String first = p.a.createOffer(false);
        assertEquals(mids(first).size(), mids(p.a.createOffer(false)).size());
        assertEquals(SignalingState.STABLE, p.a.state());
        assertEquals(null, p.a.local());
        assertEquals(null, p.a.transceivers().get(0).mid);
    }

    @Test
    void theSectionOfAStoppedTransceiverIsLeftEmptyAndThenGivenToAnother() throws JsepException {
        p.a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        p.a.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV, false, null);
        p.negotiate();
        String before = mids(p.a.local().text()).get(0);
        p.a.transceivers().get(0).stopping = true;
        // §5.2.2: port 0 where the transceiver stops
        assertEquals(List.of("audio 0", "video 9"), Peers.sections(Peers.offer(p.a, p.b)));
        Peers.answer(p.b, p.a);
        JsepTransceiver heir = p.a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        String offer = Peers.offer(p.a, p.b);
        assertEquals(List.of("audio 9", "video 9"), Peers.sections(offer));
        // §5.2.2: a section that is recycled has another mid.
        assertNotEquals(before, mids(offer).get(0));
        assertEquals(mids(offer).get(0), heir.mid);
    }

    @Test
    void anotherSectionOfTheSameKindTakesNoOnesPlace() throws JsepException {
        p.a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        p.negotiate();
        p.a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        p.a.wantData();
        String offer = p.a.createOffer(false);
        assertEquals(List.of("audio 9", "audio 9", "application 9"), Peers.sections(offer));
        assertEquals(mids(p.a.local().text()).get(0), mids(offer).get(0));
    }

    @Test
    void anOfferWithARestartHasNewCredentialsAndOneWithoutTheOldOnes() throws JsepException {
        p.a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        p.negotiate();
        List<String> old = Peers.lines(p.a.local().text(), "a=ice-");
        assertEquals(old, Peers.lines(p.a.createOffer(false), "a=ice-"));
        String restart = p.a.createOffer(true);
        // RFC 8839 §4.4.1.1.1: both change
        for (String what : List.of("a=ice-ufrag:", "a=ice-pwd:")) {
            assertFalse(old.contains(Peers.lines(restart, what).get(0)), what);
        }
        p.a.wantIceRestart();
        assertFalse(
                old.contains(Peers.lines(p.a.createOffer(false), "a=ice-ufrag:").get(0)), "restartIce()");
    }

    @Test
    void theSessionIsTheSameAndItsVersionGrows() throws JsepException {
        p.a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        p.negotiate();
        String[] first = Peers.lines(p.a.local().text(), "o=").get(0).split(" ");
        p.a.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV, false, null);
        String[] second = Peers.lines(p.a.createOffer(false), "o=").get(0).split(" ");
        assertEquals(first[1], second[1]);
        // RFC 3264 §8: "the version in the origin field MUST increment by one from the previous SDP"
        assertTrue(Long.parseLong(second[2]) > Long.parseLong(first[2]), first[2] + ", " + second[2]);
    }
}
