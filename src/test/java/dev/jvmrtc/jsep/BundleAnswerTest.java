package dev.jvmrtc.jsep;

import static dev.jvmrtc.sdp.HostileDescriptions.head;
import static dev.jvmrtc.sdp.HostileDescriptions.video;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.sdp.Section;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The section whose transport a BUNDLE group uses: refused by the answerer, not the first, or missing. */
class BundleAnswerTest {
    private static final String LINES = "a=(ice-ufrag|ice-pwd|ice-options|fingerprint|setup):[^\r]*\r\n";

    private final Negotiator a = negotiator(BundlePolicy.MAX_BUNDLE);
    private final Negotiator b = negotiator(BundlePolicy.BALANCED);

    private static Negotiator negotiator(BundlePolicy policy) {
        Random random = new Random(2);
        return new Negotiator(new LocalSettings(
                policy,
                List.of("sha-256 AA:BB"),
                () -> new Credentials("uuuu" + random.nextInt(1_000_000), "pppppppppppppppppppppppp"),
                () -> random.nextInt() & 0xffffffffL,
                () -> "track" + random.nextInt(),
                "cname",
                "1",
                1 << 20,
                false));
    }

    private static String section(String mid, String ufrag) {
        return video("96", mid, "").replace("ice-ufrag:abcd", "ice-ufrag:" + ufrag);
    }

    private static String withoutLines(String section) {
        return section.replaceAll(LINES, "").replace("m=video 9", "m=video 0") + "a=bundle-only\r\n";
    }

    private static String withoutCodec(String section) {
        return section.replace("VP8", "H265");
    }

    private String answer(Negotiator n, String offer) throws JsepException {
        n.applyRemote(n.parse(false, SdpType.OFFER, offer));
        return answerNow(n);
    }

    private static String answerNow(Negotiator n) throws JsepException {
        String answer = n.createAnswer();
        n.applyLocal(n.parse(true, SdpType.ANSWER, answer));
        return answer;
    }

    private static List<String> ports(String sdp) {
        return sdp.lines()
                .filter(l -> l.startsWith("m="))
                .map(l -> l.split(" ")[1])
                .toList();
    }

    private String offerOfThree() throws JsepException {
        a.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV, false, null);
        a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        a.wantData();
        String offer = a.createOffer(false);
        a.applyLocal(a.parse(true, SdpType.OFFER, offer));
        return offer;
    }

    @ParameterizedTest
    @EnumSource(BundlePolicy.class)
    void eachSectionOfAFirstOfferHasTheLinesOfItsTransport(BundlePolicy policy) {
        Negotiator n = negotiator(policy);
        for (MediaKind kind : List.of(MediaKind.AUDIO, MediaKind.VIDEO, MediaKind.AUDIO, MediaKind.VIDEO)) {
            n.addTransceiver(kind, Direction.SENDRECV, false, null);
        }
        n.wantData();
        String offer = n.createOffer(false);
        String[] sections = offer.split("m=");
        assertEquals(6, sections.length);
        for (int i = 1; i < sections.length; i++) {
            for (String line : List.of("a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:", "a=setup:actpass")) {
                assertTrue(sections[i].contains(line), offer);
            }
            assertEquals(sections[i].contains("a=bundle-only"), sections[i].split(" ")[1].equals("0"), offer);
        }
        int bundleOnly = policy == BundlePolicy.MAX_BUNDLE ? 4 : policy == BundlePolicy.BALANCED ? 2 : 0;
        assertEquals(bundleOnly, offer.split("a=bundle-only", -1).length - 1, offer);
    }

    @Test
    void theTaggedSectionOfAStoppedTransceiverStaysInactiveUntilTheNextOffer() throws JsepException {
        b.applyRemote(b.parse(false, SdpType.OFFER, offerOfThree()));
        b.byIndex(0).stopping = true;
        String answer = answerNow(b);
        assertTrue(answer.contains("a=group:BUNDLE 0 1 2\r\n"), answer);
        assertEquals(Direction.INACTIVE, b.byIndex(0).currentDirection);
        a.applyRemote(a.parse(false, SdpType.ANSWER, answer));
        assertEquals(1, a.plan().transports().size());
        assertTrue(b.isNegotiationNeeded());
        String offer = b.createOffer(false);
        assertEquals("0", ports(offer).get(0));
        assertTrue(offer.contains("a=group:BUNDLE 1 2\r\n"), offer);
        b.applyLocal(b.parse(true, SdpType.OFFER, offer));
        int transport = b.plan().transports().get(0).id();
        b.applyRemote(b.parse(false, SdpType.ANSWER, answer(a, offer)));
        assertEquals(transport, b.plan().transports().get(0).id());
        assertEquals(
                a.plan().transports().get(0).localUfrag(),
                b.plan().transports().get(0).remoteUfrag());
    }

    @Test
    void otherSectionsOfStoppedTransceiversAreRejected() throws JsepException {
        b.applyRemote(b.parse(false, SdpType.OFFER, offerOfThree()));
        b.byIndex(1).stopping = true;
        assertEquals(List.of("9", "0", "9"), ports(answerNow(b)));
    }

    @Test
    void withoutACodecForTheTaggedSectionTheNextWithLinesCarriesTheTransport() throws JsepException {
        String offer =
                offerOfThree().replace("VP8", "AAA").replace("VP9", "BBB").replace("H264", "CCC");
        String answer = answer(b, offer);
        assertEquals(List.of("0", "9", "9"), ports(answer));
        assertTrue(answer.contains("a=group:BUNDLE 1 2\r\n"), answer);
        assertEquals(
                List.of(List.of("1", "2")),
                b.plan().transports().stream().map(Agreement.Transport::mids).toList());
        assertEquals(
                a.plan().transports().get(0).localUfrag(),
                b.plan().transports().get(0).remoteUfrag());
        // The offerer does not know yet, and names its candidates by the section that was refused; afterwards by the
        // other.
        List<Section> sections = b.remote().sections();
        assertEquals(b.transportOf("1"), b.candidateTransport(sections.get(0)));
        assertEquals(b.transportOf("1"), b.candidateTransport(sections.get(1)));
        assertNull(b.candidateTransport(sections.get(2)));
        a.applyRemote(a.parse(false, SdpType.ANSWER, answer));
        Agreement.Transport t = a.plan().transports().get(0);
        assertEquals(b.plan().transports().get(0).localUfrag(), t.remoteUfrag());
        assertEquals("1", a.taggedSectionOf(a.local(), t.id()).mid());
        assertFalse(t.dtlsClient());
    }

    @Test
    void candidatesOfARefusedSectionWithATransportOfItsOwnAreDropped() throws JsepException {
        String answer =
                answer(b, head("a=group:BUNDLE 0 1\r\n") + withoutCodec(section("0", "aaaa")) + section("1", "bbbb"));
        assertEquals(List.of("0", "9"), ports(answer));
        assertEquals("bbbb", b.plan().transports().get(0).remoteUfrag());
        assertNull(b.candidateTransport(b.remote().sections().get(0)));
        assertEquals(
                b.transportOf("1"), b.candidateTransport(b.remote().sections().get(1)));
    }

    @Test
    void whereNoOtherSectionHasLinesTheWholeGroupIsRejected() throws JsepException {
        String answer = answer(
                b,
                head("a=group:BUNDLE 0 1 2\r\n")
                        + withoutCodec(section("0", "aaaa"))
                        + withoutLines(section("1", "aaaa"))
                        + withoutLines(section("2", "aaaa"))
                        + section("3", "dddd"));
        assertEquals(List.of("0", "0", "0", "9"), ports(answer));
        assertFalse(answer.contains("BUNDLE"), answer);
    }

    @Test
    void theTaggedSectionCarriesTheTransportWhereverItStands() throws JsepException {
        String first = section("0", "").replaceAll(LINES, "");
        b.applyRemote(b.parse(
                false,
                SdpType.OFFER,
                head("a=group:BUNDLE 1 0\r\n") + first + section("1", "bbbb").replace("actpass", "passive")));
        assertEquals(b.transportOf("0"), b.transportOf("1"));
        assertNull(b.candidateTransport(b.remote().sections().get(0)));
        assertEquals(
                b.transportOf("1"), b.candidateTransport(b.remote().sections().get(1)));
        String answer = answerNow(b);
        assertTrue(answer.contains("a=group:BUNDLE 1 0\r\n"), answer);
        assertFalse(answer.contains("a=setup:passive"), answer);
        Agreement.Transport t = b.plan().transports().get(0);
        assertEquals("bbbb", t.remoteUfrag());
        assertFalse(t.fingerprints().isEmpty());
        assertTrue(t.dtlsClient());
        assertEquals("1", b.taggedSectionOf(b.local(), t.id()).mid());
        assertTrue(b.createOffer(false).contains("a=group:BUNDLE 1 0\r\n"));
    }

    @ParameterizedTest
    @CsvSource({"0 2 1, 0", "1 0 2, 1", "2 0, 2"})
    void anAnswerWithTheGroupInAnotherOrderIsRead(String group, String tag) throws JsepException {
        String[] sections = answer(b, offerOfThree())
                .replaceFirst("BUNDLE 0 1 2", "BUNDLE " + group)
                .split("(?=m=)");
        StringBuilder answer = new StringBuilder(sections[0]);
        for (int i = 1; i < sections.length; i++) {
            String mid = Integer.toString(i - 1);
            answer.append(
                    !group.contains(mid)
                            ? sections[i].replaceFirst(" 9 ", " 0 ")
                            : tag.equals(mid) ? sections[i] : sections[i].replaceAll(LINES, ""));
        }
        a.applyRemote(a.parse(false, SdpType.ANSWER, answer.toString()));
        assertEquals(1, a.plan().transports().size());
        Agreement.Transport t = a.plan().transports().get(0);
        assertEquals(b.plan().transports().get(0).localUfrag(), t.remoteUfrag());
        assertFalse(t.dtlsClient());
        assertEquals(
                a.transportOf(tag), a.candidateTransport(a.remote().sections().get(Integer.parseInt(tag))));
    }

    @Test
    void aSectionThatTheOfferDisablesIsNotTheTaggedOne() throws JsepException {
        answer(b, head("a=group:BUNDLE 0 1\r\n") + section("0", "aaaa") + section("1", "aaaa"));
        int transport = b.transportOf("1");
        String answer = answer(
                b,
                head("a=group:BUNDLE 0 1\r\n")
                        + section("0", "aaaa").replace("m=video 9", "m=video 0")
                        + section("1", "aaaa"));
        assertEquals(List.of("0", "9"), ports(answer));
        assertTrue(answer.contains("a=group:BUNDLE 1\r\n"), answer);
        assertEquals(transport, b.transportOf("1"));
        assertEquals("aaaa", b.plan().transports().get(0).remoteUfrag());
    }

    @Test
    void anAnswererWithMaxBundleHasOneTransport() throws JsepException {
        String unbundled = section("0", "aaaa") + section("1", "bbbb") + section("2", "cccc");
        assertEquals(List.of("9", "0", "0"), ports(answer(negotiator(BundlePolicy.MAX_BUNDLE), head("") + unbundled)));
        assertEquals(
                List.of("9", "9", "0"),
                ports(answer(negotiator(BundlePolicy.MAX_BUNDLE), head("a=group:BUNDLE 0 1\r\n") + unbundled)));
        assertEquals(
                List.of("9", "0", "0"),
                ports(answer(negotiator(BundlePolicy.MAX_BUNDLE), head("a=group:BUNDLE 1 2\r\n") + unbundled)));
        String disabled = unbundled.replaceFirst("m=video 9", "m=video 0");
        assertEquals(
                List.of("0", "9", "9"),
                ports(answer(negotiator(BundlePolicy.MAX_BUNDLE), head("a=group:BUNDLE 1 2\r\n") + disabled)));
        assertEquals(List.of("9", "9", "9"), ports(answer(b, head("") + unbundled)));
    }
}
