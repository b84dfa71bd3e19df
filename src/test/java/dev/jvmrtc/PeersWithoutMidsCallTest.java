package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.opened;
import static dev.jvmrtc.TwoPeers.state;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls with a peer whose descriptions have neither a=mid nor BUNDLE, as those of SIP phones. */
@Timeout(60)
class PeersWithoutMidsCallTest {

    private static RTCSessionDescription plain(RTCSessionDescription d) {
        return new RTCSessionDescription(d.getType(), d.getSdp().replaceAll("a=(mid|group):[^\r]*\r\n", ""));
    }

    private static void call(RTCPeerConnection offerer, RTCPeerConnection answerer) {
        await(offerer.setLocalDescription());
        await(answerer.setRemoteDescription(plain(offerer.getLocalDescription())));
        await(answerer.setLocalDescription());
        await(offerer.setRemoteDescription(plain(answerer.getLocalDescription())));
    }

    /** Candidates name their section by its index, since the peer knows no mids. */
    private static void byIndex(RTCPeerConnection from, RTCPeerConnection to) {
        from.onIceCandidate(e -> {
            if (e.candidate() != null) {
                RTCIceCandidate c = e.candidate();
                to.addIceCandidate(RTCIceCandidateInit.builder()
                        .candidate(c.getCandidate())
                        .sdpMLineIndex(c.getSdpMLineIndex())
                        .build());
            }
        });
    }

    @Test
    void audioAndDataConnectOverTransportsOfTheirOwnAndAgainFromTheOtherSide() {
        try (TwoPeers p = new TwoPeers()) {
            byIndex(p.a, p.b);
            byIndex(p.b, p.a);
            p.a.addTransceiver("audio");
            RTCDataChannel c = p.a.createDataChannel("c");
            call(p.a, p.b);
            await(opened(c));
            await(state(p.a, RTCPeerConnectionState.CONNECTED));
            await(state(p.b, RTCPeerConnectionState.CONNECTED));
            call(p.b, p.a);
            call(p.a, p.b);
            assertEquals(1, p.a.getTransceivers().size());
            assertEquals(1, p.b.getTransceivers().size());
            assertEquals(RTCDataChannelState.OPEN, c.getReadyState());
            assertEquals(RTCPeerConnectionState.CONNECTED, p.a.getConnectionState());
        }
    }
}
