package dev.jvmrtc.jsep;

import static dev.jvmrtc.sdp.HostileDescriptions.head;
import static dev.jvmrtc.sdp.HostileDescriptions.repeat;
import static dev.jvmrtc.sdp.HostileDescriptions.video;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.rtp.header.HeaderExtensions;
import dev.jvmrtc.sdp.Attribute;
import dev.jvmrtc.sdp.SdpCodec;
import dev.jvmrtc.sdp.SdpSession;
import dev.jvmrtc.sdp.Section;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a peer's description may be made of: values have the characters and sizes of their RFCs, an error names the
 * line, and what is kept is bounded.
 */
class DescriptionBoundsTest {
    private final Negotiator n = BoundedWorkTest.negotiator();

    /** The number of the first line that {@link #with} adds. */
    private static final int FIRST_LINE = (int) with("").lines().count() + 1;

    private static String with(String lines) {
        return head("") + video("96", "0", lines);
    }

    private Description offer(String sdp) throws JsepException {
        return n.parse(false, SdpType.OFFER, sdp);
    }

    private String answer(String offer) throws JsepException {
        n.applyRemote(offer(offer));
        String answer = n.createAnswer();
        n.applyLocal(n.parse(true, SdpType.ANSWER, answer));
        n.plan();
        return answer;
    }

    private JsepException refused(String sdp) {
        return assertThrows(JsepException.class, () -> answer(sdp));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a=extmap:3/ urn:x",
                "a=extmap:3/foo urn:x",
                "a=extmap:0 urn:x",
                "a=extmap:256 urn:x",
                "a=extmap:-1 urn:x",
                "a=extmap:x urn:x",
                "a=extmap",
                "a=rtpmap:96 VP8/0",
                "a=rtpmap:96 VP8/-1",
                "a=rtpmap:96 VP8",
                "a=rtpmap:96 VP8/90000/0",
                "a=rtpmap:300 VP8/90000",
                "a=fmtp:x y=1",
                "a=ssrc:x",
                "a=ssrc:-1 cname:x",
                "a=rid:1",
                "a=rid:a,b send",
                "a=fingerprint:sha-256"
            })
    void aLineThatCannotBeUnderstoodIsAnErrorThatNamesIt(String line) throws JsepException {
        JsepException e = refused(with(line + "\r\n"));
        assertEquals(JsepException.Kind.SYNTAX, e.kind());
        assertEquals(FIRST_LINE, e.line(), e.getMessage());
        answer(with("")); // and the next one is taken
    }

    @Test
    void aParameterWithoutAValueIsNoAssociatedPayloadType() throws JsepException {
        assertTrue(answer(head("") + video("96 97", "0", "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt;x=1\r\n"))
                .contains("VP8/90000"));
    }

    @Test
    void aSectionWithoutAMidBesideAGroupIsAnswered() throws JsepException {
        String answer = answer(head("a=group:BUNDLE 0\r\n")
                + video("96", "0", "")
                + video("96", "1", "").replace("a=mid:1\r\n", ""));
        assertEquals(1, answer.split("a=mid:", -1).length - 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ice-ufrag:abc", "ice-ufrag:", "ice-ufrag:ab cd", "ice-ufrag:abc\u00e9", "ice-ufrag:abc-"})
    void ufragsAreFourTo256IceChars(String attribute) {
        assertEquals(
                JsepException.Kind.SYNTAX,
                refused(with("").replace("ice-ufrag:abcd", attribute)).kind());
        assertEquals(
                JsepException.Kind.SYNTAX,
                refused(head("a=" + attribute + "\r\n") + video("96", "0", "")).kind(),
                "of the session too");
    }

    @Test
    void passwordsAre22To256IceChars() throws JsepException {
        String pwd = "ice-pwd:abcdefghijklmnopqrstuvwx";
        refused(with("").replace(pwd, "ice-pwd:" + "p".repeat(21)));
        refused(with("").replace(pwd, "ice-pwd:" + "p".repeat(257)));
        refused(with("").replace("ice-ufrag:abcd", "ice-ufrag:" + "u".repeat(257)));
        answer(with("").replace(pwd, "ice-pwd:" + "p".repeat(256))
                .replace("ice-ufrag:abcd", "ice-ufrag:" + "u".repeat(256)));
    }

    @Test
    void midsAndRidsAreTokensOfAtMost255Characters() throws JsepException {
        refused(head("") + video("96", "m".repeat(256), ""));
        refused(head("") + video("96", "m,n", ""));
        refused(with("a=rid:" + "r".repeat(256) + " send\r\n"));
        offer(with("a=rid:" + "r".repeat(255) + " send\r\n"));
        answer(head("") + video("96", "m".repeat(255), ""));
    }

    private boolean sendsMid(String mid, String sessionLines) throws JsepException {
        n.applyRemote(offer(head(sessionLines) + video("96", mid, "a=extmap:1 " + HeaderExtensions.MID + "\r\n")));
        n.applyLocal(n.parse(true, SdpType.ANSWER, n.createAnswer()));
        return n.plan().media().get(0).sendExtensions().stream()
                .anyMatch(e -> e.uri().equals(HeaderExtensions.MID));
    }

    @Test
    void aShortMidIsSentInPackets() throws JsepException {
        assertTrue(sendsMid("m".repeat(16), ""));
    }

    @Test
    void aLongMidIsNotSentInPacketsWhereExtensionsDoNotMix() throws JsepException {
        assertFalse(sendsMid("m".repeat(17), ""));
    }

    @Test
    void aLongMidIsSentInPacketsWhereBothSidesMixExtensions() throws JsepException {
        assertTrue(sendsMid("m".repeat(17), "a=extmap-allow-mixed\r\n"));
    }

    @Test
    void anAnswerMixesExtensionsOnlyWhereTheOfferDoes() throws JsepException {
        assertFalse(answer(with("")).contains("extmap-allow-mixed"));
        assertTrue(
                answer(head("a=extmap-allow-mixed\r\n") + video("96", "0", "")).contains("extmap-allow-mixed"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=x:y\ra=evil:1\r\n", "a=x\r\ra=evil:1\r\n", "a=x:\0\r\n", "\ra=x\r\n"})
    void aLineEndInsideALineIsRefused(String lines) {
        assertEquals(FIRST_LINE, refused(with(lines)).line());
    }

    @Test
    void lineEndsAtTheEndOfALineAreTrimmed() throws Exception {
        SdpSession s = SdpSession.parse(with("a=x:y\r\r\r\n"));
        assertEquals("y", s.media.get(0).attributes.value("x"));
        assertEquals(
                "z", SdpSession.parse(with("a=x:z")).media.get(0).attributes.value("x"));
    }

    @Test
    void nothingThatWouldBeginAnotherLineGetsIntoADescription() {
        for (String evil : new String[] {"a\r\nb", "a\nb", "a\rb", "a\0b"}) {
            assertThrows(IllegalArgumentException.class, () -> Attribute.of("x", evil));
            assertThrows(IllegalArgumentException.class, () -> Attribute.flag(evil));
        }
    }

    @Test
    void aMidIsInOneBundleGroup() {
        refused(head("a=group:BUNDLE 0\r\na=group:BUNDLE 0\r\n") + video("96", "0", ""));
        refused(head("a=group:BUNDLE 0 0\r\n") + video("96", "0", ""));
        refused(head("a=group:BUNDLE 1\r\n") + video("96", "0", ""));
    }

    @Test
    void aSectionKeepsItsKind() throws JsepException {
        answer(with(""));
        assertEquals(
                JsepException.Kind.INVALID_ACCESS,
                refused(with("").replace("m=video", "m=audio")).kind());
    }

    @Test
    void whatASectionNamesIsBounded() throws Exception {
        Section s = Section.readAll(SdpSession.parse(with(repeat(
                                1_000,
                                i -> "a=ssrc:" + (i + 1) + " cname:x\r\na=ssrc-group:FID " + i + " " + (i + 5_000)
                                        + "\r\na=candidate:" + i + " 1 udp 1 192.0.2.1 5000 typ host\r\na=rtcp-fb:96 x"
                                        + i + "\r\n")
                        + "a=candidate:1 1 udp 1 192.0.2.1 5000 typ host x " + "y".repeat(2_000) + "\r\n")))
                .get(0);
        assertEquals(Section.MAX_SSRCS, s.ssrcs().size());
        assertEquals(Section.MAX_SSRCS, s.fidGroups().size());
        assertEquals(Section.MAX_CANDIDATES, s.candidates().size());
        assertEquals(1_001 - Section.MAX_CANDIDATES, s.ignoredCandidates());
        assertEquals(SdpCodec.MAX_FEEDBACK, s.codecs().get(0).feedback().size());
        for (String line : new String[] {"a=msid:s%d t", "a=rid:r%d send", "a=fingerprint:sha-256 A%d"}) {
            refused(with(repeat(300, i -> String.format(line, i) + "\r\n")));
        }
        refused(with("a=fmtp:96 " + repeat(SdpCodec.MAX_PARAMETERS + 1, i -> "k" + i + "=1;") + "\r\n"));
        refused(head("") + video("96" + " 96".repeat(1_000), "0", ""));
    }

    @Test
    void payloadTypesAndExtensionsThatStandTwiceAreOne() throws Exception {
        Section s = Section.readAll(SdpSession.parse(head("")
                        + video("96 96 96", "0", "a=extmap:1 urn:x\r\na=extmap:1 urn:y\r\na=extmap:2 urn:x\r\n")))
                .get(0);
        assertEquals(1, s.codecs().size());
        assertEquals(1, s.extensions().size());
    }

    @Test
    void extensionsThatWeDoNotKnowAreNotRemembered() throws JsepException {
        for (int round = 0; round < 5; round++) {
            int r = round;
            answer(with(repeat(200, i -> "a=extmap:" + (i + 1) + " urn:x" + r + "-" + i + "\r\n")));
        }
        String own = n.createOffer(false);
        assertTrue(own.contains("a=extmap:201 " + HeaderExtensions.MID), own);
    }

    @Test
    void aPeerWithAllNumbersOfExtensionsLeavesUsNoneAndNothingThrows() throws JsepException {
        answer(with(repeat(255, i -> "a=extmap:" + (i + 1) + " urn:x" + i + "\r\n")));
        assertFalse(n.createOffer(false).contains("a=extmap:"));
    }

    @Test
    void anOfferOfThePeerMakesSoManyTransports() throws JsepException {
        refused(head("") + repeat(Negotiator.MAX_TRANSPORTS + 1, i -> video("96", "" + i, "")));
        assertDoesNotThrow(() -> answer(head("") + repeat(Negotiator.MAX_TRANSPORTS, i -> video("96", "" + i, ""))));
        assertEquals(Negotiator.MAX_TRANSPORTS, n.plan().transports().size());
    }

    @Test
    void aCandidateBelongsToTheDescriptionOfItsUfragAndOneWithoutToTheLatest() throws JsepException {
        answer(with(""));
        n.applyRemote(offer(with("").replace("ice-ufrag:abcd", "ice-ufrag:efgh")));
        Section s = n.remoteSection("0", null, "efgh");
        n.addRemoteCandidate(
                n.remoteSection("0", null, "abcd"), "candidate:1 1 udp 1 192.0.2.1 5001 typ host ufrag abcd", "abcd");
        n.addRemoteCandidate(s, "candidate:1 1 udp 1 192.0.2.1 5002 typ host ufrag efgh", "efgh");
        n.addRemoteCandidate(s, "candidate:1 1 udp 1 192.0.2.1 5003 typ host", null);
        assertTrue(n.currentRemote().text().contains("5001"));
        assertTrue(n.pendingRemote().text().contains("5002"));
        assertTrue(n.pendingRemote().text().contains("5003"));
        assertFalse(n.currentRemote().text().contains("5003"));
        assertThrows(JsepException.class, () -> n.remoteSection("0", null, "none"));
        assertThrows(JsepException.class, () -> n.remoteSection(null, null, "none"));
    }
}
