package dev.jvmrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCFailure;
import dev.jvmrtc.dom.RTCRangeError;
import dev.jvmrtc.dom.RTCTypeError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Descriptions and candidates as text, as pages write them. */
class SignallingJsonTest {
    /** JSON.stringify(event.candidate) of Chromium. */
    private static final String OF_CHROMIUM =
            "{\"candidate\":\"candidate:2999745851 1 udp 2122260223 192.168.56.1 49203 typ host "
                    + "generation 0 ufrag LtCh network-id 2\","
                    + "\"sdpMid\":\"0\",\"sdpMLineIndex\":0,\"usernameFragment\":\"LtCh\"}";

    @Test
    void aCandidateOfABrowserIsReadAndWrittenAsItIs() {
        RTCIceCandidate c = RTCIceCandidate.ofJson(OF_CHROMIUM);
        assertEquals("192.168.56.1", c.getAddress());
        assertEquals("0", c.getSdpMid());
        assertEquals(0, c.getSdpMLineIndex());
        assertEquals("LtCh", c.getUsernameFragment());
        assertEquals(OF_CHROMIUM, c.toJsonString());
        assertEquals(c.toJSON(), RTCIceCandidateInit.ofJson(c.toJSON().toJsonString()));
    }

    @Test
    void whatACandidateDoesNotSayIsNull() {
        assertEquals(
                new RTCIceCandidateInit("", "video", null, null), RTCIceCandidateInit.ofJson("{\"sdpMid\":\"video\"}"));
        assertEquals(
                new RTCIceCandidateInit("x", null, 3, null),
                RTCIceCandidateInit.ofJson(
                        "{\"usernameFragment\":null,\"sdpMLineIndex\":3,\"sdpMid\":null,\"candidate\":\"x\"}"));
        assertEquals(
                "{\"candidate\":\"\",\"sdpMid\":null,\"sdpMLineIndex\":null,\"usernameFragment\":null}",
                RTCIceCandidateInit.builder().build().toJsonString());
        assertThrows(RTCTypeError.class, () -> RTCIceCandidate.ofJson("{\"candidate\":\"x\"}"));
    }

    @Test
    void nullIsTheEndOfCandidatesAndAddIceCandidateTakesIt() {
        assertNull(RTCIceCandidate.ofJson("null"));
        assertNull(RTCIceCandidateInit.ofJson("null"));
        try (RTCPeerConnection a = TwoPeers.FACTORY.createPeerConnection();
                RTCPeerConnection b = TwoPeers.FACTORY.createPeerConnection()) {
            a.createDataChannel("c");
            TwoPeers.await(a.setLocalDescription());
            TwoPeers.await(b.setRemoteDescription(
                    RTCSessionDescription.ofJson(a.getLocalDescription().toJsonString())));
            TwoPeers.await(b.addIceCandidate(RTCIceCandidate.ofJson("null")));
            assertTrue(b.getRemoteDescription().getSdp().contains("a=end-of-candidates"));
        }
    }

    @Test
    void numbersOfOtherWritersAreTaken() {
        assertEquals(
                new RTCIceCandidateInit("", "1", 2, null),
                RTCIceCandidateInit.ofJson("{\"sdpMid\":1,\"sdpMLineIndex\":2.0}"));
        assertEquals(
                new RTCIceCandidateInit("", "0", 65535, null),
                RTCIceCandidateInit.ofJson("{\"sdpMid\":0.0,\"sdpMLineIndex\":\"65535\"}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"sdpMLineIndex\":-1}",
                "{\"sdpMLineIndex\":65536}",
                "{\"sdpMLineIndex\":0.5}",
                "{\"sdpMLineIndex\":true}",
                "{\"sdpMLineIndex\":\"\"}",
                "{\"sdpMLineIndex\":1e99}",
                "{\"candidate\":{\"candidate\":\"x\"},\"sdpMid\":\"0\"}",
                "{\"sdpMid\":[\"0\"]}",
                "{\"sdpMid\":true}"
            })
    void membersOfOtherTypesAreTypeErrors(String json) {
        assertThrows(RTCTypeError.class, () -> RTCIceCandidateInit.ofJson(json));
    }

    @ParameterizedTest
    @EnumSource(RTCSdpType.class)
    void aDescriptionIsWrittenWithTheWordOfW3cAndReadAgain(RTCSdpType type) {
        RTCSessionDescription d = new RTCSessionDescription(type, "v=0\r\ns=\"\\ \u00e9\ud834\udd1e\r\n");
        assertEquals(
                "{\"type\":\"" + type + "\",\"sdp\":\"v=0\\r\\ns=\\\"\\\\ \u00e9\ud834\udd1e\\r\\n\"}",
                d.toJsonString());
        assertEquals(d, RTCSessionDescription.ofJson(d.toJsonString()));
        assertEquals(d.toJSON(), RTCSessionDescriptionInit.ofJson(d.toJSON().toJsonString()));
    }

    @Test
    void otherMembersOfADescriptionAreIgnored() {
        assertEquals(
                new RTCSessionDescription(RTCSdpType.ANSWER, "x"),
                RTCSessionDescription.ofJson(
                        "{\"from\":{\"type\":\"offer\",\"ids\":[1,2]},\"sdp\":\"x\",\"type\":\"answer\",\"__proto__\":null}"));
        assertEquals(
                new RTCSessionDescription(RTCSdpType.ROLLBACK, ""),
                RTCSessionDescription.ofJson("{\"type\":\"rollback\",\"sdp\":null}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "{}",
                "{\"type\":null,\"sdp\":\"\"}",
                "{\"type\":\"Offer\",\"sdp\":\"\"}",
                "{\"type\":\"offer\",\"sdp\":{}}",
                "{\"type\":[]}"
            })
    void whatIsNoDescriptionIsATypeError(String json) {
        assertThrows(RTCTypeError.class, () -> RTCSessionDescription.ofJson(json));
    }

    @Test
    void whatIsNoJsonIsASyntaxErrorThatSaysWhere() {
        RTCException e = assertThrows(
                RTCException.class, () -> RTCSessionDescription.ofJson("{\"type\":\"offer\",\"sdp\":\"v=0\r\n\"}"));
        assertEquals("SyntaxError", e.getName());
        assertEquals(
                "no JSON: a control character stands in a string, where \\n or the like is written at character 27",
                e.getMessage());
        assertEquals(
                "SyntaxError",
                assertThrows(RTCException.class, () -> RTCIceCandidate.ofJson("v=0"))
                        .getName());
        assertEquals(
                "SyntaxError",
                assertThrows(
                                RTCException.class,
                                () -> RTCIceCandidate.ofJson("{\"x\":\"" + "x".repeat(64 << 10) + "\"}"))
                        .getName());
        assertThrows(RTCTypeError.class, () -> RTCIceCandidate.ofJson(null));
        assertThrows(RTCTypeError.class, () -> RTCSessionDescription.ofJson(null));
    }

    @Test
    void whatAPeerHasWrittenIsQuotedInAnErrorAsOneShortLine() {
        String message = assertThrows(
                        RTCTypeError.class,
                        () -> RTCSessionDescription.ofJson("{\"type\":\"\\n" + "x".repeat(10_000) + "\"}"))
                .getMessage();
        assertTrue(message.length() < 150 && !message.contains("\n"), message);
    }

    @Test
    void everyErrorOfTheApiIsAnRtcFailureWithAName() {
        for (RuntimeException e : new RuntimeException[] {
            new RTCException("InvalidStateError", "m"),
            new RTCTypeError("m"),
            new RTCRangeError("m"),
            new RTCError(RTCErrorDetailType.DTLS_FAILURE, null, null, null, null, "m")
        }) {
            assertEquals("m", assertInstanceOf(RTCFailure.class, e).getMessage());
        }
        assertEquals("TypeError", new RTCTypeError("m").getName());
        assertEquals("RangeError", new RTCRangeError("m").getName());
    }
}
