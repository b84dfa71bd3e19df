package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.opened;
import static dev.jvmrtc.TwoPeers.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The answerer declines just the section whose transport the offer wants for all. */
@Timeout(60)
class TaggedSectionTest {

    private static RTCConfiguration with(RTCBundlePolicy policy) {
        return RTCConfiguration.builder().bundlePolicy(policy).build();
    }

    @ParameterizedTest
    @EnumSource(RTCBundlePolicy.class)
    void theOthersConnectWhereItsTransceiverIsStoppedAndTheNextOfferRemovesIt(RTCBundlePolicy policy) {
        try (TwoPeers p = new TwoPeers(with(policy), RTCConfiguration.builder().build())) {
            p.a.addTransceiver("video");
            RTCDataChannel c = p.a.createDataChannel("c");
            await(p.a.setLocalDescription());
            await(p.b.setRemoteDescription(p.a.getLocalDescription()));
            p.b.getTransceivers().get(0).stop();
            await(p.b.setLocalDescription());
            await(p.a.setRemoteDescription(p.b.getLocalDescription()));
            await(opened(c));
            assertEquals(
                    RTCRtpTransceiverDirection.INACTIVE,
                    p.a.getTransceivers().get(0).getCurrentDirection());
            RTCRtpTransceiver stopped = p.a.getTransceivers().get(0);
            TwoPeers.negotiate(p.b, p.a);
            assertNull(stopped.getMid());
            assertEquals(0, p.b.getTransceivers().size());
            assertEquals(RTCDataChannelState.OPEN, c.getReadyState());
            assertEquals(RTCPeerConnectionState.CONNECTED, p.a.getConnectionState());
        }
    }

    @ParameterizedTest
    @EnumSource(RTCBundlePolicy.class)
    void theOthersConnectWhereThereIsNoCodecForIt(RTCBundlePolicy policy) {
        try (TwoPeers p = new TwoPeers(with(policy), RTCConfiguration.builder().build())) {
            p.a.addTransceiver("video");
            RTCDataChannel c = p.a.createDataChannel("c");
            await(p.a.setLocalDescription());
            String sdp = p.a.getLocalDescription().getSdp().replaceAll("(VP8|VP9|H264)/90000", "H261/90000");
            await(p.b.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, sdp)));
            await(p.b.setLocalDescription());
            await(p.a.setRemoteDescription(p.b.getLocalDescription()));
            await(opened(c));
            await(state(p.a, RTCPeerConnectionState.CONNECTED));
            await(state(p.b, RTCPeerConnectionState.CONNECTED));
        }
    }
}
