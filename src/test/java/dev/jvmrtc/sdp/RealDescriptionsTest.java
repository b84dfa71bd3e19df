package dev.jvmrtc.sdp;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.ice.Candidate;
import dev.jvmrtc.jsep.Agreement;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.jsep.Credentials;
import dev.jvmrtc.jsep.Description;
import dev.jvmrtc.jsep.JsepTransceiver;
import dev.jvmrtc.jsep.LocalSettings;
import dev.jvmrtc.jsep.Negotiator;
import dev.jvmrtc.jsep.SdpType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Offers and answers that real peers wrote (src/test/resources/sdp; the name says who, to whom, and about what). */
class RealDescriptionsTest {

    @Test
    void refusesDescriptionsThatAreTooLong() {
        String start = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
        assertThrows(SdpException.class, () -> SdpSession.parse(start + "a=x:" + "y".repeat(SdpSession.MAX_LENGTH)));
        assertThrows(SdpException.class, () -> SdpSession.parse(start + "a=x\r\n".repeat(SdpSession.MAX_LINES)));
        assertThrows(
                SdpException.class,
                () -> SdpSession.parse(start + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n".repeat(SdpSession.MAX_MEDIA + 1)));
        assertDoesNotThrow(
                () -> SdpSession.parse(start + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n".repeat(SdpSession.MAX_MEDIA)));
    }

    private static final Path DIR = Path.of("src/test/resources/sdp");

    static Stream<Path> descriptions() throws IOException {
        return Files.list(DIR).filter(p -> p.toString().endsWith(".sdp")).sorted();
    }

    static Stream<Path> offers() throws IOException {
        return descriptions().filter(p -> p.getFileName().toString().contains("-offer-"));
    }

    static Negotiator negotiator(BundlePolicy policy) {
        Random random = new Random(1);
        return new Negotiator(new LocalSettings(
                policy,
                List.of("sha-256 AA:BB"),
                () -> new Credentials("uuuu" + random.nextInt(1_000), "pppppppppppppppppppppppp"),
                () -> random.nextInt() & 0xffffffffL,
                () -> "track" + random.nextInt(),
                "cname",
                "1",
                1 << 20,
                false));
    }

    @ParameterizedTest
    @MethodSource("descriptions")
    void everyDescriptionParsesAndSurvivesARoundTrip(Path file) throws Exception {
        String text = Files.readString(file);
        SdpSession once = SdpSession.parse(text);
        SdpSession twice = SdpSession.parse(once.toString());
        assertEquals(once.toString(), twice.toString());
        assertEquals(once.attributes, twice.attributes);
        assertEquals(once.media.size(), twice.media.size());
        for (int i = 0; i < once.media.size(); i++) {
            assertEquals(once.media.get(i).attributes, twice.media.get(i).attributes);
            // Nothing is lost: every line of the file is there again.
        }
        for (String line : text.split("\r\n|\n")) {
            assertTrue(line.isEmpty() || once.toString().contains(line.trim()), "lost: " + line);
        }
        Section.readAll(once);
    }

    @ParameterizedTest
    @MethodSource("offers")
    void everyOfferIsAnswered(Path file) throws Exception {
        Negotiator n = negotiator(BundlePolicy.BALANCED);
        n.applyRemote(n.parse(false, SdpType.OFFER, Files.readString(file)));
        String answer = n.createAnswer();
        n.applyLocal(n.parse(true, SdpType.ANSWER, answer));
        Description d = n.currentLocal();
        assertEquals(n.currentRemote().sections().size(), d.sections().size());
        Agreement plan = n.plan();
        boolean usable = d.sections().stream().anyMatch(s -> !s.rejected());
        boolean av1Only = file.toString().contains("AV1");
        assertTrue(usable || av1Only, answer);
        if (usable) {
            assertFalse(plan.transports().isEmpty());
            assertTrue(
                    plan.transports().stream().allMatch(t -> t.remoteUfrag() != null && t.dtlsClient() != null),
                    plan.toString());
            assertTrue(
                    plan.transports().stream().allMatch(t -> !t.fingerprints().isEmpty()));
        }
        // And an offer of ours follows from it without contradiction.
        n.wantData();
        String next = n.createOffer(false);
        n.applyLocal(n.parse(true, SdpType.OFFER, next));
    }

    @Test
    void everyCandidateOfRealPeersParses() throws Exception {
        try (Stream<Path> files = Files.list(DIR)) {
            for (Path f :
                    files.filter(p -> p.toString().endsWith(".candidates")).toList()) {
                for (String line : Files.readAllLines(f)) {
                    if (!line.isBlank()) {
                        Candidate c = Candidate.parse(line);
                        assertEquals(c, Candidate.parse(c.toSdp()), f + ": " + line);
                    }
                }
            }
        }
    }

    @Test
    void offersWithSeparateTransportsAreJoinedByTheAnswer() throws Exception {
        Negotiator a = negotiator(BundlePolicy.MAX_COMPAT);
        Negotiator b = negotiator(BundlePolicy.BALANCED);
        a.addTransceiver(MediaKind.AUDIO, dev.jvmrtc.jsep.Direction.SENDRECV, false, null);
        a.addTransceiver(MediaKind.VIDEO, dev.jvmrtc.jsep.Direction.SENDRECV, false, null);
        a.wantData();
        String offer = a.createOffer(false);
        a.applyLocal(a.parse(true, SdpType.OFFER, offer));
        assertEquals(3, a.plan().transports().size());
        b.applyRemote(b.parse(false, SdpType.OFFER, offer));
        String answer = b.createAnswer();
        b.applyLocal(b.parse(true, SdpType.ANSWER, answer));
        a.applyRemote(a.parse(false, SdpType.ANSWER, answer));
        assertEquals(1, a.plan().transports().size());
        assertEquals(1, b.plan().transports().size());
    }

    @Test
    void aDataSectionThatIsWrittenInBothFormsIsAnsweredInTheOneOfTheRfc() throws Exception {
        Negotiator a = negotiator(BundlePolicy.BALANCED);
        a.wantData();
        String offer = a.createOffer(false);
        Negotiator b = negotiator(BundlePolicy.BALANCED);
        b.applyRemote(b.parse(
                false,
                SdpType.OFFER,
                offer.replace("a=sctp-port:5000", "a=sctpmap:5000 webrtc-datachannel 1024\r\na=sctp-port:5000")));
        String answer = b.createAnswer();
        assertTrue(answer.contains("a=sctp-port:5000"), answer);
        b.applyLocal(b.parse(true, SdpType.ANSWER, answer));
    }

    @Test
    void aPeerThatRefusesBundleGetsATransportForEachSection() throws Exception {
        Negotiator a = negotiator(BundlePolicy.MAX_COMPAT);
        Negotiator b = negotiator(BundlePolicy.MAX_COMPAT);
        a.addTransceiver(MediaKind.AUDIO, dev.jvmrtc.jsep.Direction.SENDRECV, false, null);
        a.wantData();
        String offer = a.createOffer(false);
        a.applyLocal(a.parse(true, SdpType.OFFER, offer));
        String alone = offer.replaceAll("a=group:.*\r\n", "");
        b.applyRemote(b.parse(false, SdpType.OFFER, alone));
        String answer = b.createAnswer();
        b.applyLocal(b.parse(true, SdpType.ANSWER, answer));
        a.applyRemote(a.parse(false, SdpType.ANSWER, answer));
        assertEquals(2, a.plan().transports().size());
        assertEquals(2, b.plan().transports().size());
    }

    @Test
    void rollbackRestoresTransceiversAndTransports() throws Exception {
        Negotiator a = negotiator(BundlePolicy.BALANCED);
        JsepTransceiver ours = a.addTransceiver(MediaKind.AUDIO, dev.jvmrtc.jsep.Direction.SENDRECV, true, null);
        String remote = Files.readString(DIR.resolve("chromium-offer-dav-VP8.sdp"));
        a.applyRemote(a.parse(false, SdpType.OFFER, remote));
        assertEquals("0", ours.mid);
        assertEquals(2, a.transceivers().size());
        assertEquals(1, a.rollback(false).stopped().size());
        assertEquals(null, ours.mid);
        assertEquals(List.of(ours), a.transceivers());
        assertTrue(a.isNegotiationNeeded());
    }

    @Test
    void stoppedSectionsAreRejectedAndRecycled() throws Exception {
        Negotiator a = negotiator(BundlePolicy.BALANCED);
        Negotiator b = negotiator(BundlePolicy.BALANCED);
        JsepTransceiver first = a.addTransceiver(MediaKind.VIDEO, dev.jvmrtc.jsep.Direction.SENDRECV, false, null);
        exchange(a, b);
        first.stopping = true;
        exchange(a, b);
        assertTrue(a.currentLocal().sections().get(0).rejected());
        a.addTransceiver(MediaKind.VIDEO, dev.jvmrtc.jsep.Direction.SENDRECV, false, null);
        exchange(a, b);
        assertEquals(1, a.currentLocal().sections().size(), "the section is used again");
        assertFalse(a.currentLocal().sections().get(0).rejected());
    }

    private static void exchange(Negotiator a, Negotiator b) throws Exception {
        String offer = a.createOffer(false);
        a.applyLocal(a.parse(true, SdpType.OFFER, offer));
        b.applyRemote(b.parse(false, SdpType.OFFER, offer));
        String answer = b.createAnswer();
        b.applyLocal(b.parse(true, SdpType.ANSWER, answer));
        a.applyRemote(a.parse(false, SdpType.ANSWER, answer));
    }

    @Test
    void mutatedDescriptionsFailOnlyWithASentence() throws Exception {
        Random random = new Random(3);
        List<Path> files = descriptions().toList();
        for (int i = 0; i < 3_000; i++) {
            StringBuilder text = new StringBuilder(Files.readString(files.get(random.nextInt(files.size()))));
            for (int k = 0; k < 1 + random.nextInt(5); k++) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, (char) (32 + random.nextInt(95)));
                    default -> text.delete(at, Math.min(text.length(), at + random.nextInt(60)));
                }
            }
            Negotiator n = negotiator(BundlePolicy.BALANCED);
            try {
                n.applyRemote(n.parse(false, SdpType.OFFER, text.toString()));
                n.applyLocal(n.parse(true, SdpType.ANSWER, n.createAnswer()));
                n.plan();
            } catch (dev.jvmrtc.jsep.JsepException e) {
                assertFalse(e.getMessage().isBlank());
            }
        }
    }

    @Test
    void theLineOfAnErrorIsNamed() {
        SdpException e = assertThrows(
                SdpException.class,
                () -> Section.readAll(
                        SdpSession.parse(
                                "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:200 x/1\r\n")));
        assertEquals(6, e.line());
    }
}
