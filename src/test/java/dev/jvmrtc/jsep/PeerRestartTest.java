package dev.jvmrtc.jsep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.jvmrtc.core.MediaKind;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which offers of the peer restart ICE: those with new credentials, and no others. */
class PeerRestartTest {
    private final Negotiator offerer = BoundedWorkTest.negotiator(true);
    private final Negotiator answerer = BoundedWorkTest.negotiator(true);

    @BeforeEach
    void agreeOnAllInOneTransport() throws JsepException {
        offerer.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        offerer.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV, false, null);
        offerer.wantData();
        assertEquals(3, fragments(negotiate(false)).size(), "a transport for each, should the peer not bundle");
        assertEquals(1, answerer.plan().transports().size());
    }

    private String negotiate(boolean restart) throws JsepException {
        return negotiate(offerer, answerer, restart);
    }

    /** Returns the offer. */
    private static String negotiate(Negotiator from, Negotiator to, boolean restart) throws JsepException {
        String offer = from.createOffer(restart);
        from.applyLocal(from.parse(true, SdpType.OFFER, offer));
        to.applyRemote(to.parse(false, SdpType.OFFER, offer));
        String answer = to.createAnswer();
        to.applyLocal(to.parse(true, SdpType.ANSWER, answer));
        from.applyRemote(from.parse(false, SdpType.ANSWER, answer));
        return offer;
    }

    private static Set<String> fragments(String sdp) {
        return Pattern.compile("a=ice-ufrag:(\\S+)")
                .matcher(sdp)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    private static Agreement.Transport transport(Negotiator n) {
        return n.plan().transports().get(0);
    }

    @Test
    void sectionsThatNameTheCredentialsOfTheTransportThatTheyHaveJoinedRestartNothing() throws JsepException {
        String before = transport(answerer).localUfrag();
        assertEquals(1, fragments(negotiate(false)).size());
        assertEquals(before, transport(answerer).localUfrag());
        assertEquals(transport(offerer).localUfrag(), transport(answerer).remoteUfrag());
    }

    @Test
    void norDoesTheEndOfTheSectionThatGaveTheTransportItsCredentials() throws JsepException {
        String before = transport(answerer).localUfrag();
        offerer.transceivers().get(0).stopping = true;
        negotiate(false);
        assertEquals(before, transport(answerer).localUfrag());
        assertEquals(transport(offerer).localUfrag(), transport(answerer).remoteUfrag());
    }

    @Test
    void norWhereTheAnswererEndsIt() throws JsepException {
        String ours = transport(offerer).localUfrag();
        String theirs = transport(answerer).localUfrag();
        answerer.transceivers().get(0).stopping = true;
        negotiate(answerer, offerer, false);
        assertEquals(ours, transport(offerer).localUfrag());
        assertEquals(theirs, transport(answerer).localUfrag());
        assertEquals(ours, transport(answerer).remoteUfrag());
        assertEquals(theirs, transport(offerer).remoteUfrag());
    }

    @Test
    void newCredentialsOfTheTransportRestartIt() throws JsepException {
        String before = transport(answerer).localUfrag();
        negotiate(true);
        assertNotEquals(before, transport(answerer).localUfrag());
        assertEquals(transport(offerer).localUfrag(), transport(answerer).remoteUfrag());
        assertEquals(transport(answerer).localUfrag(), transport(offerer).remoteUfrag());
    }
}
