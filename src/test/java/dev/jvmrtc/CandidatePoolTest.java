package dev.jvmrtc;

import static dev.jvmrtc.EchoCall.loopback;
import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.opened;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.dom.RTCException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** RTCConfiguration.iceCandidatePoolSize. */
@Timeout(60)
class CandidatePoolTest {
    private static final RTCPeerConnectionFactory FACTORY = loopback()
            .addressFilter(a -> a.getHostAddress().equals("127.0.0.1"))
            .build();

    private static RTCConfiguration pool(StunServer stun, int size) {
        return RTCConfiguration.builder()
                .iceServers(List.of(stun.server()))
                .iceCandidatePoolSize(size)
                .build();
    }

    private static InetSocketAddress next(StunServer stun) throws InterruptedException {
        InetSocketAddress asked = stun.askedBy.poll(10, TimeUnit.SECONDS);
        assertTrue(asked != null, "the STUN server was not asked");
        return asked;
    }

    /** What the connection tells, in order: candidate types and gathering states. */
    private static List<String> told(RTCPeerConnection pc, CompletableFuture<Void> complete) {
        List<String> told = new CopyOnWriteArrayList<>();
        pc.onIceCandidate(e -> {
            if (e.candidate() != null && !e.candidate().getCandidate().isEmpty()) {
                told.add(e.candidate().getType() + " " + e.candidate().getProtocol());
            }
        });
        pc.onIceGatheringStateChange(e -> {
            told.add(pc.getIceGatheringState().toString());
            if (pc.getIceGatheringState() == RTCIceGatheringState.COMPLETE) {
                complete.complete(null);
            }
        });
        return told;
    }

    @Test
    void candidatesAreGatheredAheadAndToldWhenThereIsADescription() throws Exception {
        try (StunServer stun = new StunServer();
                RTCPeerConnection a = FACTORY.createPeerConnection(pool(stun, 1));
                RTCPeerConnection b = FACTORY.createPeerConnection(pool(stun, 1))) {
            InetSocketAddress first = next(stun);
            InetSocketAddress second = next(stun);
            assertNotEquals(first, second);
            CompletableFuture<Void> complete = new CompletableFuture<>();
            List<String> told = told(a, complete);
            List<RTCIceCandidate> candidates = new CopyOnWriteArrayList<>();
            a.addEventListener(RTCPeerConnection.ICE_CANDIDATE, e -> {
                if (e.candidate() != null && !e.candidate().getCandidate().isEmpty()) {
                    candidates.add(e.candidate());
                }
                b.addIceCandidate(e.candidate());
            });
            b.onIceCandidate(e -> a.addIceCandidate(e.candidate()));
            RTCDataChannel channel = a.createDataChannel("c");
            await(a.createOffer());
            assertEquals(RTCIceGatheringState.NEW, a.getIceGatheringState());
            assertEquals(List.of(), told, "nothing is told before setLocalDescription");
            TwoPeers.negotiate(a, b);
            await(opened(channel));
            await(complete);
            assertEquals(List.of("gathering", "host udp", "host tcp", "srflx udp", "complete"), told);
            RTCIceCandidate host = candidates.get(0);
            assertTrue(
                    List.of(first.getPort(), second.getPort()).contains(host.getPort()),
                    "the socket that had asked ahead");
            assertTrue(a.getLocalDescription().getSdp().contains("a=ice-ufrag:" + host.getUsernameFragment()));
            assertEquals(0, stun.askedBy.size(), "nobody was asked again");
        }
    }

    @Test
    void thePoolBeginsAnewWithOtherServersAndIsGivenUpWhereItIsNotNeeded() throws Exception {
        try (StunServer one = new StunServer();
                StunServer other = new StunServer()) {
            RTCPeerConnection pc = FACTORY.createPeerConnection(pool(one, 3));
            for (int i = 0; i < 3; i++) {
                next(one);
            }
            pc.setConfiguration(pool(other, 2));
            List<Integer> ports =
                    new ArrayList<>(List.of(next(other).getPort(), next(other).getPort()));
            CompletableFuture<Void> complete = new CompletableFuture<>();
            told(pc, complete);
            pc.createDataChannel("c");
            await(pc.setLocalDescription());
            await(complete);
            ports.removeIf(p -> pc.getLocalDescription().getSdp().contains(" " + p + " typ host"));
            assertEquals(1, ports.size(), "one of the two is used");
            assertEquals(0, one.askedBy.size());
            RTCException e = org.junit.jupiter.api.Assertions.assertThrows(
                    RTCException.class, () -> pc.setConfiguration(pool(other, 1)));
            assertEquals("InvalidModificationError", e.getName());
            pc.close();
            await(pc.closed());
        }
    }

    @Test
    void aRestartAfterThePoolGathersAsEver() throws Exception {
        try (StunServer stun = new StunServer();
                RTCPeerConnection a = FACTORY.createPeerConnection(pool(stun, 2));
                RTCPeerConnection b = FACTORY.createPeerConnection(pool(stun, 0))) {
            a.onIceCandidate(e -> b.addIceCandidate(e.candidate()));
            b.onIceCandidate(e -> a.addIceCandidate(e.candidate()));
            RTCDataChannel channel = a.createDataChannel("c");
            TwoPeers.negotiate(a, b);
            await(opened(channel));
            CompletableFuture<Void> pair = new CompletableFuture<>();
            a.getSctp().getTransport().getIceTransport().onSelectedCandidatePairChange(e -> pair.complete(null));
            a.restartIce();
            TwoPeers.negotiate(a, b);
            await(pair);
        }
    }
}
