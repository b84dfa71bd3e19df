package dev.jvmrtc.jsep;

import static dev.jvmrtc.sdp.HostileDescriptions.head;
import static dev.jvmrtc.sdp.HostileDescriptions.video;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Media sections keep their places: a description whose sections do not stand where those of before stand is refused,
 * and nothing has changed.
 */
class LineUpTest {
    private static final Map<String, String> SECTIONS = Map.of(
            "v0",
            video("96", "0", ""),
            "v1",
            video("96", "1", ""),
            "v2",
            video("96", "2", ""),
            "a0",
            audio("0"),
            "a1",
            audio("1"),
            "v",
            video("96", "x", "").replace("a=mid:x\r\n", ""),
            "-v1",
            video("96", "1", "").replace("m=video 9", "m=video 0"),
            "-v",
            "m=video 0 UDP/TLS/RTP/SAVPF 96\r\n");

    private final Negotiator n = BoundedWorkTest.negotiator();

    private static String audio(String mid) {
        return video("0", mid, "").replace("m=video", "m=audio").replace("a=rtpmap:96 VP8/90000\r\n", "");
    }

    private static String sdp(String sections) {
        return head("")
                + List.of(sections.split(" ")).stream().map(SECTIONS::get).collect(Collectors.joining());
    }

    @BeforeEach
    void agree() throws JsepException {
        answer("a0 v1");
    }

    private void answer(String sections) throws JsepException {
        n.applyRemote(n.parse(false, SdpType.OFFER, sdp(sections)));
        n.applyLocal(n.parse(true, SdpType.ANSWER, n.createAnswer()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a0", "v1 a0", "a0 v2", "a1 v0", "a0 a1", "v0 v1", "a0 v", "v", "-v a0", "a0 -v v1"})
    void anotherOfferThatDoesNotLineUpIsRefused(String sections) {
        String before = n.plan().toString();
        List<JsepTransceiver> transceivers = List.copyOf(n.transceivers());
        assertEquals(
                JsepException.Kind.INVALID_ACCESS,
                assertThrows(JsepException.class, () -> answer(sections)).kind());
        assertEquals(SignalingState.STABLE, n.state());
        assertEquals(before, n.plan().toString());
        assertEquals(transceivers, n.transceivers());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a0 v1", "a0 v1 v2", "a0 v1 v", "a0 -v1", "a0 -v"})
    void oneThatLinesUpIsTaken(String sections) throws JsepException {
        answer(sections);
        assertEquals(sections.split(" ").length, n.currentLocal().sections().size());
    }

    @Test
    void theSectionOfARejectedOneMayBecomeAnother() throws JsepException {
        answer("a0 -v");
        answer("a0 v2");
        assertEquals("2", n.byIndex(1).mid);
        answer("a0 -v");
        answer("a0 a1");
        assertEquals(MediaKind.AUDIO, n.byIndex(1).kind);
    }

    @Test
    void anOfferOfOursLinesUpToo() {
        String own = n.createOffer(false);
        String half = own.substring(0, own.indexOf("m=video")).replace("BUNDLE 0 1", "BUNDLE 0");
        assertEquals(
                JsepException.Kind.INVALID_MODIFICATION,
                assertThrows(JsepException.class, () -> n.parse(true, SdpType.OFFER, half))
                        .kind());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a0", "a0 v2", "a1 v0", "v1 a0", "a0 v1 v2"})
    void anAnswerHasTheSectionsOfTheOffer(String sections) throws JsepException {
        n.applyLocal(n.parse(true, SdpType.OFFER, n.createOffer(false)));
        String answer = sdp(sections).replace("actpass", "active").replace("sendrecv", "sendonly");
        JsepException e = assertThrows(JsepException.class, () -> n.parse(false, SdpType.ANSWER, answer));
        assertEquals(JsepException.Kind.INVALID_ACCESS, e.kind());
        assertFalse(e.getMessage().isBlank());
        assertEquals(SignalingState.HAVE_LOCAL_OFFER, n.state());
    }

    @Test
    void anAnswerMayLeaveOutMidsAndWhatItRejects() throws JsepException {
        n.applyLocal(n.parse(true, SdpType.OFFER, n.createOffer(false)));
        n.applyRemote(n.parse(
                false,
                SdpType.ANSWER,
                sdp("a0 -v")
                        .replace("a=mid:0\r\n", "")
                        .replace("actpass", "active")
                        .replace("sendrecv", "sendonly")));
        assertEquals(1, n.plan().media().size());
        assertTrue(n.plan().transports().get(0).remoteUfrag() != null);
    }

    @Test
    void anAnswerWithoutMidsMayNameThoseOfTheOfferInItsGroup() throws JsepException {
        n.applyLocal(n.parse(true, SdpType.OFFER, n.createOffer(false)));
        String answer = sdp("a0 v1")
                .replaceAll("a=mid:\\d\r\n", "")
                .replace("actpass", "active")
                .replace("sendrecv", "sendonly")
                .replace("t=0 0\r\n", "t=0 0\r\na=group:BUNDLE 0 1\r\n");
        n.applyRemote(n.parse(false, SdpType.ANSWER, answer));
        assertEquals(2, n.plan().media().size());
        assertEquals(1, n.plan().transports().size());
    }

    @Test
    void whatWasRefusedInAnAnswerOfOursIsNotOfferedByUs() throws JsepException {
        n.applyRemote(
                n.parse(
                        false,
                        SdpType.OFFER,
                        sdp("a0 v1")
                                + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\na=sctp-port:5000\r\n"
                                + "a=ice-ufrag:dddd\r\na=ice-pwd:dddddddddddddddddddddd\r\na=fingerprint:sha-256 AA:BB\r\na=setup:actpass\r\n"));
        String answer = n.createAnswer();
        n.applyLocal(n.parse(
                true,
                SdpType.ANSWER,
                answer.substring(0, answer.indexOf("m=application"))
                        + "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\n"));
        assertTrue(n.createOffer(false).contains("m=application 0 "));
    }

    @Test
    void anOfferThatDoesNotLineUpIsRefusedBeforeOursIsRolledBack() throws JsepException {
        n.applyLocal(n.parse(true, SdpType.OFFER, n.createOffer(false)));
        Description offer = Negotiator.read(false, SdpType.OFFER, sdp("v1 a0"));
        assertThrows(JsepException.class, () -> n.validate(false, offer));
        n.validate(false, Negotiator.read(false, SdpType.OFFER, sdp("a0 v1")));
        assertEquals(SignalingState.HAVE_LOCAL_OFFER, n.state());
    }
}
