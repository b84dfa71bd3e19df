package dev.jvmrtc.jsep;

import static dev.jvmrtc.sdp.HostileDescriptions.head;
import static dev.jvmrtc.sdp.HostileDescriptions.video;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.jsep.JsepException.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which descriptions are refused, before anything has changed. */
class ValidationTest {
    private static final String OFFER = head("a=group:BUNDLE 0 1\r\n") + video("96", "0", "") + video("96", "1", "");

    private final Negotiator n = Peers.negotiator(BundlePolicy.BALANCED, 4);

    private void isRefused(String offer, Kind kind) {
        assertEquals(
                kind,
                assertThrows(JsepException.class, () -> n.parse(false, SdpType.OFFER, offer), offer)
                        .kind(),
                offer);
        assertEquals(SignalingState.STABLE, n.state());
        assertEquals(List.of(), n.transceivers());
    }

    @Test
    void theOfferThatTheOthersAreMadeOfIsTaken() {
        assertDoesNotThrow(() -> n.parse(false, SdpType.OFFER, OFFER));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=ice-ufrag:abcd\r\n", "a=ice-pwd:abcdefghijklmnopqrstuvwx\r\n", "a=rtcp-mux\r\n"})
    void theTaggedSectionHasWhatATransportNeeds(String line) {
        // RFC 9429 §5.8.3; RFC 9143 §7.1.3: of the tagged section; the others may leave it to that one
        int second = OFFER.lastIndexOf("m=video");
        isRefused(OFFER.substring(0, second).replace(line, "") + OFFER.substring(second), Kind.INVALID_ACCESS);
        assertDoesNotThrow(() -> n.parse(
                false,
                SdpType.OFFER,
                OFFER.substring(0, second) + OFFER.substring(second).replace(line, "")));
    }

    @Test
    void aSectionWithoutAFingerprintIsRefused() {
        isRefused(OFFER.replaceAll("a=fingerprint:[^\r]*\r\n", ""), Kind.INVALID_ACCESS);
    }

    @Test
    void twoSectionsOfOneMidAreRefused() {
        // RFC 9429 §5.8.2: mids are unique
        isRefused(OFFER.replace("a=mid:1", "a=mid:0").replace("BUNDLE 0 1", "BUNDLE 0"), Kind.INVALID_ACCESS);
    }

    @Test
    void aGroupNamesSectionsThatThereAreAndEachOnce() {
        isRefused(OFFER.replace("BUNDLE 0 1", "BUNDLE 0 7"), Kind.INVALID_ACCESS);
        // RFC 9143 §5
        isRefused(OFFER.replace("a=group:BUNDLE 0 1", "a=group:BUNDLE 0 1\r\na=group:BUNDLE 1"), Kind.INVALID_ACCESS);
    }

    @Test
    void whatIsNoDescriptionIsASyntaxError() {
        isRefused("v=0\r\nnonsense\r\n", Kind.SYNTAX);
    }

    @Test
    void anAnswerWithoutAnOfferIsOfAnotherState() {
        assertEquals(
                Kind.INVALID_STATE,
                assertThrows(JsepException.class, () -> n.parse(false, SdpType.ANSWER, OFFER))
                        .kind());
    }

    @Test
    void anAnswerHasAsManySectionsAsTheOfferAndOfTheSameKinds() throws JsepException {
        Peers p = new Peers();
        p.a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        Peers.offer(p.a, p.b);
        String answer = p.b.createAnswer();
        // RFC 3264 §6
        for (String wrong : List.of(
                answer.substring(0, answer.indexOf("m=")).replaceAll("a=group[^\r]*\r\n", ""),
                answer.replace("m=audio", "m=video"))) {
            assertEquals(
                    Kind.INVALID_ACCESS,
                    assertThrows(JsepException.class, () -> p.a.parse(false, SdpType.ANSWER, wrong), wrong)
                            .kind());
        }
        assertEquals(SignalingState.HAVE_LOCAL_OFFER, p.a.state());
        assertDoesNotThrow(() -> p.a.parse(false, SdpType.ANSWER, answer));
    }
}
