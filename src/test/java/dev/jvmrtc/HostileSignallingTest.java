package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.sdp.HostileDescriptions;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a signalling server or a peer can say, and what an application's executor can do, harms no more than the
 * operation or the connection that it concerns.
 */
class HostileSignallingTest {
    private static final String OFFER = HostileDescriptions.head("") + HostileDescriptions.video("96", "0", "");

    private RTCPeerConnection pc;

    @BeforeEach
    void open() {
        pc = TwoPeers.FACTORY.createPeerConnection();
    }

    @AfterEach
    void close() {
        pc.close();
        await(pc.closed());
    }

    private void offer() {
        await(pc.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, OFFER)));
    }

    private void add(String candidate, String ufrag) {
        await(pc.addIceCandidate(RTCIceCandidateInit.builder()
                .candidate(candidate)
                .sdpMid("0")
                .usernameFragment(ufrag)
                .build()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "candidate:1 1 udp 1 192.0.2.1 5000 typ host\r\na=evil:1",
                "candidate:1 1 udp 1 192.0.2.1 5000 typ host x y\na=evil:1 z",
                "candidate:1 1 udp 1 192.0.2.1 5000 typ host\ra=evil:1",
                "candidate:1 1 udp 1 192.0.2.1 5000 typ\0host"
            })
    void aCandidateWithALineEndInsideIsRefused(String candidate) {
        offer();
        assertThrows(RTCException.class, () -> add(candidate, null));
        assertFalse(pc.getRemoteDescription().getSdp().contains("evil"));
        assertFalse(pc.getRemoteDescription().getSdp().contains("192.0.2.1"));
    }

    @Test
    void lineEndsAtTheEndOfACandidateAreTrimmed() {
        offer();
        add("candidate:1 1 udp 1 192.0.2.1 5000 typ host\r\n", null);
        assertTrue(pc.getRemoteDescription().getSdp().contains("a=candidate:1 1 udp 1 192.0.2.1 5000 typ host\r\n"));
        assertFalse(pc.getRemoteDescription().getSdp().contains("host\r\n\r\n"));
        add("\r\n", null); // the end of candidates
        assertTrue(pc.getRemoteDescription().getSdp().contains("a=end-of-candidates"));
    }

    @Test
    void aCandidateWithAUfragOfNoDescriptionIsRefusedWhereverItSaysSo() {
        offer();
        String line = "candidate:1 1 udp 1 192.0.2.1 5000 typ host";
        assertEquals(
                "OperationError",
                assertThrows(RTCException.class, () -> add(line, "none")).getName());
        assertEquals(
                "OperationError",
                assertThrows(RTCException.class, () -> add(line + " ufrag none", null))
                        .getName());
        assertFalse(pc.getRemoteDescription().getSdp().contains("192.0.2.1"));
        add(line + " ufrag abcd", null);
        add(line, "abcd");
        add(line, null);
    }

    @Test
    void candidatesOfADescriptionWithAnotherUfragAreDroppedAndCounted() {
        await(pc.setRemoteDescription(new RTCSessionDescription(
                RTCSdpType.OFFER, OFFER + "a=candidate:1 1 udp 1 192.0.2.1 5000 typ host ufrag none\r\n")));
        assertEquals(1L, await(pc.getDropCounts()).get("remote candidate with the ufrag of no description in force"));
    }

    static Stream<String> kinds() {
        return HostileDescriptions.all().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void anyDescriptionIsTakenOrRefusedAndTheNextOperationWorks(String kind) {
        try {
            await(pc.setRemoteDescription(new RTCSessionDescription(
                            RTCSdpType.OFFER,
                            HostileDescriptions.all().get(kind).apply(200)))
                    .thenCompose(v -> pc.setLocalDescription()));
        } catch (RTCException e) {
            assertFalse(e.getMessage().contains("internal error"), e.getMessage());
        }
        await(pc.createOffer());
    }

    static Stream<Executor> executors() {
        AtomicInteger calls = new AtomicInteger();
        return Stream.of(
                r -> {
                    throw new IllegalStateException("executor");
                },
                r -> {
                    throw new OutOfMemoryError("no thread");
                },
                r -> {},
                r -> {
                    r.run();
                    r.run();
                },
                r -> {
                    r.run();
                    throw new AssertionError("after it ran");
                },
                r -> {
                    if (calls.incrementAndGet() > 3) {
                        throw new java.util.concurrent.RejectedExecutionException("the fourth");
                    }
                    r.run();
                });
    }

    @ParameterizedTest
    @MethodSource("executors")
    void anExecutorHarmsNoOtherConnectionOfItsLoop(Executor executor) throws Exception {
        RTCPeerConnectionFactory factory = RTCPeerConnectionFactory.builder()
                .includeLoopback(true)
                .eventLoops(1)
                .build();
        RTCPeerConnection bad =
                factory.createPeerConnection(RTCConfiguration.builder().build(), executor);
        bad.createDataChannel("x");
        bad.setLocalDescription();
        try (TwoPeers others = new TwoPeers(factory)) {
            var open = TwoPeers.opened(others.a.createDataChannel("c"));
            others.negotiate();
            await(open);
        }
        bad.close();
        factory.close();
    }
}
