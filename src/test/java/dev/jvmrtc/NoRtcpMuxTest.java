package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Offers without rtcp-mux: rtcpMuxPolicy is always "require" here. */
@Timeout(60)
class NoRtcpMuxTest {

    @Test
    void suchASectionIsRejectedInTheAnswerAndTheReasonIsTold() {
        try (TwoPeers p = new TwoPeers()) {
            p.a.addTransceiver("audio");
            await(p.a.setLocalDescription());
            String offer = p.a.getLocalDescription().getSdp().replace("a=rtcp-mux\r\n", "");
            await(p.b.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, offer)));
            await(p.b.setLocalDescription());
            assertTrue(p.b.getLocalDescription().getSdp().contains("m=audio 0 "));
            assertEquals(1L, await(p.b.getDropCounts()).get(ConnectivityReporter.NO_RTCP_MUX));
            assertTrue(await(p.b.getConnectivityReport()).verdict().contains("a=rtcp-mux"));
        }
    }
}
