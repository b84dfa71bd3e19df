package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.dom.RTCException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Descriptions without rtcp-mux: rtcpMuxPolicy is always "require" here. */
@Timeout(60)
class NoRtcpMuxTest {

    private static RTCSessionDescription offerOfAudioAndVideo(RTCPeerConnection pc) {
        pc.addTransceiver("audio");
        pc.addTransceiver("video");
        await(pc.setLocalDescription());
        return pc.getLocalDescription();
    }

    @Test
    void suchAnOfferIsRefusedWithTheReasonAndNothingHasChanged() {
        try (TwoPeers p = new TwoPeers()) {
            String sdp = offerOfAudioAndVideo(p.a).getSdp().replace("a=rtcp-mux\r\n", "");
            RTCSessionDescription offer = new RTCSessionDescription(RTCSdpType.OFFER, sdp);
            CompletionException e = assertThrows(
                    CompletionException.class,
                    () -> p.b.setRemoteDescription(offer).join());
            assertEquals("InvalidAccessError", ((RTCException) e.getCause()).getName());
            assertTrue(e.getMessage().contains("a=rtcp-mux"), e.getMessage());
            assertEquals(RTCSignalingState.STABLE, p.b.getSignalingState());
            assertEquals(0, p.b.getTransceivers().size());
        }
    }

    /**
     * RFC 9429 §5.2.2 has parameters "in the IDENTICAL and TRANSPORT categories" left out of bundled sections; rtcp-mux
     * is of the former (RFC 8859).
     */
    @Test
    void aSectionThatBundleJoinsToAnotherNeedsNone() {
        try (TwoPeers p = new TwoPeers()) {
            String sdp = offerOfAudioAndVideo(p.a).getSdp();
            int second = sdp.indexOf("m=video");
            String bundled = sdp.substring(0, second) + sdp.substring(second).replace("a=rtcp-mux\r\n", "");
            await(p.b.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, bundled)));
            await(p.b.setLocalDescription());
            assertTrue(
                    !p.b.getLocalDescription().getSdp().contains("m=video 0 "),
                    p.b.getLocalDescription().getSdp());
        }
    }
}
