package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.ice.CandidateRefusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Candidate lines in descriptions of peers. */
@Timeout(60)
class CandidatesOfPeersTest {

    @Test
    void whatCannotBeUnderstoodIsCountedAndTheVerdictSaysSo() {
        try (TwoPeers p = new TwoPeers()) {
            p.a.createDataChannel("c");
            await(p.a.setLocalDescription());
            await(p.b.setRemoteDescription(p.a.getLocalDescription()));
            RTCSessionDescription answer = await(p.b.createAnswer());
            String sdp = answer.getSdp() + "a=candidate:1 1 udp 2130706431 192.0.2.1\r\n"
                    + "a=candidate:2 0 udp 2130706431 192.0.2.1 4000 typ host\r\na=candidate\r\n";
            await(p.a.setRemoteDescription(new RTCSessionDescription(RTCSdpType.ANSWER, sdp)));
            assertEquals(2L, await(p.a.getDropCounts()).get(CandidateRefusal.NOT_UNDERSTOOD.reason()));
            await(p.a.gathered()); // before, the verdict is that no address of ours is known
            String verdict = await(p.a.getConnectivityReport()).verdict();
            assertTrue(verdict.contains("2 that cannot be understood"), verdict);
        }
    }
}
