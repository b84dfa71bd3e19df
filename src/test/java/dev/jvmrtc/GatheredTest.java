package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.dom.RTCException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** RTCPeerConnection.gathered(). */
@Timeout(60)
class GatheredTest {
    private final RTCPeerConnection a = TwoPeers.FACTORY.createPeerConnection();
    private final RTCPeerConnection b = TwoPeers.FACTORY.createPeerConnection();

    @AfterEach
    void close() {
        a.close();
        b.close();
    }

    private static String ufrag(RTCSessionDescription d) {
        return d.getSdp()
                .lines()
                .filter(l -> l.startsWith("a=ice-ufrag:"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void oneTextEachWayIsEnoughForACall() {
        RTCDataChannel channel = a.createDataChannel("c");
        CompletableFuture<Void> open = TwoPeers.opened(channel);
        a.setLocalDescription();
        RTCSessionDescription offer = await(a.gathered()); // asked for at once, answered after setLocalDescription
        assertTrue(
                offer.getSdp().contains("a=candidate:") && offer.getSdp().contains("a=end-of-candidates"),
                offer.getSdp());
        assertEquals(RTCIceGatheringState.COMPLETE, a.getIceGatheringState());
        assertEquals(a.getLocalDescription(), offer);
        b.setRemoteDescription(RTCSessionDescription.ofJson(offer.toJsonString()));
        b.setLocalDescription();
        RTCSessionDescription answer = await(b.gathered());
        assertEquals(RTCSdpType.ANSWER, answer.getType());
        a.setRemoteDescription(RTCSessionDescription.ofJson(answer.toJsonString()));
        await(open);
        assertEquals(a.getLocalDescription(), await(a.gathered()));
    }

    @Test
    void afterAnIceRestartItIsTheNewCandidatesThatAreWaitedFor() {
        a.createDataChannel("c");
        TwoPeers.negotiate(a, b);
        String before = ufrag(await(a.gathered()));
        a.restartIce();
        a.setLocalDescription();
        RTCSessionDescription again = await(a.gathered());
        assertNotEquals(before, ufrag(again));
        assertTrue(
                again.getSdp().contains("a=candidate:") && again.getSdp().contains("a=end-of-candidates"),
                again.getSdp());
    }

    @Test
    void withoutADescriptionItFailsWithASentenceAndWithoutSectionsThereIsNothingToWaitFor() {
        RTCException e = assertThrows(RTCException.class, () -> await(a.gathered()));
        assertEquals("InvalidStateError", e.getName());
        assertEquals(
                "there is no local description to gather candidates for: call setLocalDescription() first",
                e.getMessage());
        a.setLocalDescription();
        assertFalse(await(a.gathered()).getSdp().contains("m="));
    }

    @Test
    void aRollbackOfTheOnlyDescriptionAndCloseEndTheWaiting() throws Exception {
        try (DatagramSocket silent = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            RTCIceServer server = RTCIceServer.builder()
                    .urls(List.of("stun:127.0.0.1:" + silent.getLocalPort()))
                    .build();
            for (boolean rollback : new boolean[] {true, false}) {
                RTCPeerConnection pc = TwoPeers.FACTORY.createPeerConnection(
                        RTCConfiguration.builder().iceServers(List.of(server)).build());
                pc.createDataChannel("c");
                await(pc.setLocalDescription());
                CompletableFuture<RTCSessionDescription> gathered = pc.gathered();
                if (rollback) {
                    pc.setLocalDescription(new RTCSessionDescription(RTCSdpType.ROLLBACK, ""));
                } else {
                    pc.close();
                }
                assertEquals(
                        "InvalidStateError",
                        assertThrows(RTCException.class, () -> await(gathered)).getName());
                pc.close();
                assertEquals(
                        "InvalidStateError",
                        assertThrows(RTCException.class, () -> await(pc.gathered()))
                                .getName());
            }
        }
    }
}
