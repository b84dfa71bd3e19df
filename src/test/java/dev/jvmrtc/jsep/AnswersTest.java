package dev.jvmrtc.jsep;

import static dev.jvmrtc.sdp.HostileDescriptions.head;
import static dev.jvmrtc.sdp.HostileDescriptions.video;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What our answers say (RFC 9429 §5.3). */
class AnswersTest {
    private final Negotiator n = Peers.negotiator(BundlePolicy.BALANCED, 3);

    private String answer(String offer) throws JsepException {
        n.applyRemote(n.parse(false, SdpType.OFFER, offer));
        String answer = n.createAnswer();
        n.applyLocal(n.parse(true, SdpType.ANSWER, answer));
        return answer;
    }

    private static String offer(String formats, String lines) {
        return head("a=group:BUNDLE 0\r\n") + video(formats, "0", lines);
    }

    @ParameterizedTest
    @CsvSource({
        // RFC 3264 §6.1, from the answerer's side
        "sendrecv, SENDRECV, sendrecv",
        "sendrecv, RECVONLY, recvonly",
        "sendrecv, SENDONLY, sendonly",
        "sendrecv, INACTIVE, inactive",
        "sendonly, SENDRECV, recvonly",
        "sendonly, SENDONLY, inactive",
        "recvonly, SENDRECV, sendonly",
        "recvonly, RECVONLY, inactive",
        "inactive, SENDRECV, inactive"
    })
    void theDirectionIsWhatBothWant(String offered, Direction ours, String answered) throws JsepException {
        n.applyRemote(n.parse(false, SdpType.OFFER, offer("96", "").replace("a=sendrecv", "a=" + offered)));
        n.transceivers().get(0).direction = ours;
        String answer = n.createAnswer();
        assertEquals(1, Peers.lines(answer, "a=" + answered).size(), answer);
    }

    @ParameterizedTest
    @CsvSource({"actpass, active", "active, passive", "passive, active"})
    void whoBeginsTheHandshakeIsSaid(String offered, String answered) throws JsepException {
        // RFC 8842 §5.3: the answerer chooses of what is offered
        String answer = answer(offer("96", "").replace("a=setup:actpass", "a=setup:" + offered));
        assertEquals(List.of("a=setup:" + answered), Peers.lines(answer, "a=setup:"));
    }

    @Test
    void codecsAreThoseInCommonWithTheNumbersAndInTheOrderOfTheOffer() throws JsepException {
        String answer = answer(offer(
                "120 121 96 122 97",
                "a=rtpmap:120 VP9/90000\r\na=rtpmap:121 theora/90000\r\na=rtpmap:122 H264/90000\r\n"
                        + "a=fmtp:122 profile-level-id=42e01f;packetization-mode=1\r\n"
                        + "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"));
        // RFC 3264 §6.1: the answerer may take the offerer's order; what it does not know it leaves out. RTX behind
        // what it repairs.
        assertEquals(
                "m=video 9 UDP/TLS/RTP/SAVPF 120 96 97 122",
                Peers.lines(answer, "m=").get(0));
        // RFC 6184 §8.2.2: profile and mode are used symmetrically
        assertEquals(
                List.of("a=fmtp:97 apt=96", "a=fmtp:122 profile-level-id=42e01f;packetization-mode=1"),
                Peers.lines(answer, "a=fmtp:"));
    }

    @Test
    void whereNothingIsInCommonTheSectionIsRefused() throws JsepException {
        String answer = answer(offer("121", "a=rtpmap:121 theora/90000\r\n").replace("a=rtpmap:96 VP8/90000\r\n", ""));
        // RFC 3264 §6: "To reject an offered stream, the port number in the corresponding stream in the answer MUST be
        // set to zero."
        assertEquals(List.of("video 0"), Peers.sections(answer));
        assertEquals(List.of(), n.plan().media());
    }

    @Test
    void feedbackAndExtensionsAreThoseOfTheOfferThatAreKnownHere() throws JsepException {
        String answer = answer(offer(
                "96",
                "a=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack rpsi\r\na=rtcp-fb:96 ccm fir\r\n"
                        + "a=extmap:7 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=extmap:8 urn:x-unknown\r\n"));
        assertEquals(List.of("a=rtcp-fb:96 nack", "a=rtcp-fb:96 ccm fir"), Peers.lines(answer, "a=rtcp-fb:"));
        // RFC 8285 §6: ids of the offer, of those that are supported
        assertEquals(List.of("a=extmap:7 urn:ietf:params:rtp-hdrext:sdes:mid"), Peers.lines(answer, "a=extmap:"));
    }

    @Test
    void sectionsOfAKindThatIsNotKnownAreRefusedInTheirPlaces() throws JsepException {
        String text =
                video("98", "t", "").replace("m=video", "m=text").replace("rtpmap:96 VP8/90000", "rtpmap:98 t140/1000");
        String answer = answer(head("") + text + video("96", "0", ""));
        assertEquals(List.of("text 0", "video 9"), Peers.sections(answer));
    }

    @Test
    void parametersOfOpusAreOurOwn() throws JsepException {
        // RFC 7587 §7: they tell what the receiver likes to receive
        String answer = answer(offer("111", "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=3;stereo=1\r\n")
                .replace("m=video", "m=audio")
                .replace("a=rtpmap:96 VP8/90000\r\n", ""));
        assertEquals(List.of("a=fmtp:111 minptime=10;useinbandfec=1"), Peers.lines(answer, "a=fmtp:"));
    }

    @Test
    void preferencesGiveTheOrder() throws JsepException {
        n.applyRemote(n.parse(
                false, SdpType.OFFER, offer("96 120", "a=rtpmap:120 VP9/90000\r\na=fmtp:120 profile-id=0\r\n")));
        Codecs all = Codecs.STANDARD;
        n.transceivers().get(0).preferences = all.supported(MediaKind.VIDEO).stream()
                .filter(c -> c.name().equals("VP9"))
                .toList();
        String answer = n.createAnswer();
        assertEquals(
                "m=video 9 UDP/TLS/RTP/SAVPF 120", Peers.lines(answer, "m=").get(0));
        assertFalse(answer.contains("VP8"));
        assertTrue(answer.contains("a=rtpmap:120 VP9/90000"));
    }
}
