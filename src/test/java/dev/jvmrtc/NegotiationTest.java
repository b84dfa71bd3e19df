package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.opened;
import static dev.jvmrtc.TwoPeers.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCTypeError;
import dev.jvmrtc.jsep.Negotiator;
import dev.jvmrtc.media.EncodedAudioSource;
import dev.jvmrtc.media.MediaStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Corners of offer and answer that an ordinary call does not visit. */
@Timeout(60)
class NegotiationTest {

    private static RTCConfiguration with(RTCCertificate certificate) {
        return RTCConfiguration.builder().certificates(List.of(certificate)).build();
    }

    @Test
    void callsWithAnRsaCertificateAndWithOneThatWasKeptAsPem() {
        RTCCertificate rsa = await(RTCPeerConnection.generateCertificate("RSA"));
        RTCCertificate ecdsa = await(RTCPeerConnection.generateCertificate("ECDSA"));
        RTCCertificate kept = RTCCertificate.fromPem(ecdsa.toPem());
        assertEquals(ecdsa.getFingerprints(), kept.getFingerprints());
        assertEquals(ecdsa.getExpires(), kept.getExpires());
        RTCCertificate keptRsa = RTCCertificate.fromPem(rsa.toPem());
        for (RTCCertificate other : List.of(rsa, keptRsa)) {
            try (TwoPeers p = new TwoPeers(with(other), with(kept))) {
                RTCDataChannel c = p.a.createDataChannel("c");
                p.negotiate();
                await(opened(c));
                assertTrue(p.b.getLocalDescription()
                        .getSdp()
                        .toLowerCase()
                        .contains(ecdsa.getFingerprints().get(0).value()));
            }
        }
        assertThrows(RTCTypeError.class, () -> RTCCertificate.fromPem("no key"));
        assertEquals(
                "NotSupportedError",
                assertThrows(RTCException.class, () -> await(RTCPeerConnection.generateCertificate("DSA")))
                        .getName());
    }

    @Test
    void anOfferCannotMakeMoreTransceiversThanTheBound() {
        try (TwoPeers p = new TwoPeers()) {
            for (int i = 0; i < 10; i++) {
                p.b.addTransceiver("audio");
            }
            StringBuilder offer =
                    new StringBuilder("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=fingerprint:sha-256 "
                            + "AB:".repeat(31) + "AB\r\n");
            for (int i = 0; i < Negotiator.MAX_TRANSCEIVERS; i++) {
                offer.append("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\na=mid:")
                        .append(i)
                        .append(
                                "\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=setup:actpass\r\na=rtcp-mux\r\na=sendonly\r\n");
            }
            RTCException refused = assertThrows(
                    RTCException.class,
                    () -> await(
                            p.b.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, offer.toString()))));
            assertEquals("OperationError", refused.getName());
            assertEquals(10, p.b.getTransceivers().size(), "nothing of it stays");
        }
    }

    @Test
    void aProvisionalAnswerConnectsAndTheFinalOneSettles() {
        try (TwoPeers p = new TwoPeers()) {
            RTCDataChannel c = p.a.createDataChannel("c");
            await(p.a.setLocalDescription());
            await(p.b.setRemoteDescription(p.a.getLocalDescription()));
            RTCSessionDescription answer = await(p.b.createAnswer());
            RTCSessionDescription provisional = new RTCSessionDescription(RTCSdpType.PRANSWER, answer.getSdp());
            await(p.b.setLocalDescription(provisional));
            assertEquals(RTCSignalingState.HAVE_LOCAL_PRANSWER, p.b.getSignalingState());
            await(p.a.setRemoteDescription(provisional));
            assertEquals(RTCSignalingState.HAVE_REMOTE_PRANSWER, p.a.getSignalingState());
            assertNull(p.a.getCurrentRemoteDescription());
            await(opened(c));
            await(p.b.setLocalDescription(answer));
            await(p.a.setRemoteDescription(answer));
            assertEquals(RTCSignalingState.STABLE, p.a.getSignalingState());
            assertEquals(RTCSignalingState.STABLE, p.b.getSignalingState());
            assertNull(p.a.getPendingRemoteDescription());
            assertEquals(RTCDataChannelState.OPEN, c.getReadyState());
        }
    }

    @Test
    void anExplicitRollbackTakesTheOfferBack() {
        try (TwoPeers p = new TwoPeers()) {
            p.a.addTransceiver("audio");
            await(p.a.setLocalDescription());
            await(p.b.setRemoteDescription(p.a.getLocalDescription()));
            assertEquals(1, p.b.getTransceivers().size());
            RTCSessionDescription rollback = new RTCSessionDescription(RTCSdpType.ROLLBACK, "");
            await(p.b.setRemoteDescription(rollback));
            await(p.a.setLocalDescription(rollback));
            assertEquals(RTCSignalingState.STABLE, p.a.getSignalingState());
            assertNull(p.a.getTransceivers().get(0).getMid());
            assertEquals(0, p.b.getTransceivers().size());
            assertEquals(
                    "InvalidStateError",
                    assertThrows(RTCException.class, () -> await(p.a.setLocalDescription(rollback)))
                            .getName());
            p.negotiate();
            await(state(p.a, RTCPeerConnectionState.CONNECTED));
        }
    }

    @Test
    void simulcastIsANamedError() {
        try (TwoPeers p = new TwoPeers()) {
            RTCRtpTransceiverInit two = RTCRtpTransceiverInit.builder()
                    .sendEncodings(List.of(
                            RTCRtpEncodingParameters.builder().rid("q").build(),
                            RTCRtpEncodingParameters.builder().rid("h").build()))
                    .build();
            assertEquals(
                    "NotSupportedError",
                    assertThrows(RTCException.class, () -> p.a.addTransceiver("video", two))
                            .getName());
            assertEquals(0, p.a.getTransceivers().size());
        }
    }

    @Test
    void streamsSetLaterReachThePeerWithTheNextOffer() {
        try (TwoPeers p = new TwoPeers()) {
            RTCRtpSender sender = p.a.addTrack(new EncodedAudioSource("opus").createTrack());
            CompletableFuture<RTCTrackEvent> first = new CompletableFuture<>();
            p.b.onTrack(first::complete);
            p.negotiate();
            assertEquals(0, await(first).streams().size());
            CompletableFuture<Void> needed = new CompletableFuture<>();
            p.a.onNegotiationNeeded(e -> needed.complete(null));
            MediaStream stream = new MediaStream();
            sender.setStreams(stream);
            await(needed);
            p.negotiate();
            assertTrue(p.b.getRemoteDescription().getSdp().contains("a=msid:" + stream.getId()));
        }
    }
}
