package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.opened;
import static dev.jvmrtc.TwoPeers.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.turn.Coturn;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls through a real TURN server. */
@Timeout(120)
class TurnTest {

    private static RTCConfiguration relayOnly(String user, String password, String... urls) {
        return RTCConfiguration.builder()
                .iceTransportPolicy(RTCIceTransportPolicy.RELAY)
                .iceServers(List.of(new RTCIceServer(List.of(urls), user, password)))
                .build();
    }

    /** Two connections over a factory that trusts the server. */
    private static final class Call implements AutoCloseable {
        final RTCPeerConnectionFactory factory;
        final RTCPeerConnection a;
        final RTCPeerConnection b;
        final List<RTCIceCandidate> candidates = new CopyOnWriteArrayList<>();
        final BlockingQueue<RTCPeerConnectionIceErrorEvent> errors = new LinkedBlockingQueue<>();
        final CompletableFuture<Void> gathered = new CompletableFuture<>();

        Call(Coturn server, RTCConfiguration forA, RTCConfiguration forB) throws Exception {
            factory = RTCPeerConnectionFactory.builder()
                    .includeLoopback(true)
                    .sslContext(server.trust())
                    .build();
            a = factory.createPeerConnection(forA);
            b = factory.createPeerConnection(forB);
            a.onIceCandidate(e -> {
                if (e.candidate() == null) {
                    gathered.complete(null);
                } else if (!e.candidate().getCandidate().isEmpty()) {
                    candidates.add(e.candidate());
                }
                b.addIceCandidate(e.candidate());
            });
            b.onIceCandidate(e -> a.addIceCandidate(e.candidate()));
            a.onIceCandidateError(errors::add);
        }

        /** Connects, and sends a message there and back. */
        RTCDataChannel connect() {
            RTCDataChannel c = a.createDataChannel("c");
            b.onDataChannel(e -> e.channel().onMessage(m -> e.channel().send(m.bytes())));
            TwoPeers.negotiate(a, b);
            await(opened(c));
            echo(c);
            return c;
        }

        static void echo(RTCDataChannel c) {
            CompletableFuture<Integer> back = new CompletableFuture<>();
            c.onMessage(m -> back.complete(m.bytes().remaining()));
            c.send(new byte[20_000]);
            assertEquals(20_000, await(back));
        }

        RTCStats selectedLocal() {
            RTCStatsReport r = await(a.getStats());
            String pair = (String) r.ofType("transport").get(0).get("selectedCandidatePairId");
            return r.get((String) r.get(pair).get("localCandidateId"));
        }

        @Override
        public void close() {
            a.close();
            b.close();
            await(a.closed());
            await(b.closed());
            factory.close();
        }
    }

    @Test
    void callsThroughRelaysOverUdpTcpAndTls() throws Exception {
        try (Coturn server = new Coturn()) {
            for (String url : List.of(server.udp(), server.tcp(), server.tls())) {
                RTCConfiguration c = relayOnly(Coturn.USER, Coturn.PASSWORD, url);
                try (Call call = new Call(server, c, c)) {
                    call.connect();
                    await(call.gathered);
                    assertEquals("relay", call.selectedLocal().get("candidateType"), url);
                    assertFalse(call.candidates.isEmpty());
                    for (RTCIceCandidate k : call.candidates) {
                        assertEquals(RTCIceCandidateType.RELAY, k.getType(), "nothing but relays may be seen: " + k);
                        assertEquals(url, k.getUrl());
                        assertEquals(
                                url.equals(server.udp()) ? "udp" : url.equals(server.tcp()) ? "tcp" : "tls",
                                k.getRelayProtocol().toString());
                        assertEquals("0.0.0.0", k.getRelatedAddress(), "our own address stays hidden");
                    }
                    assertTrue(call.errors.isEmpty(), call.errors.toString());
                }
            }
        }
    }

    @Test
    void aPeerBehindARelayReachesOneThatIsNot() throws Exception {
        try (Coturn server = new Coturn()) {
            try (Call call = new Call(
                    server,
                    relayOnly(Coturn.USER, Coturn.PASSWORD, server.tcp()),
                    RTCConfiguration.builder().build())) {
                call.connect();
                assertEquals("relay", call.selectedLocal().get("candidateType"));
            }
        }
    }

    @Test
    void wrongCredentialsAreReportedAsTheServerSaysIt() throws Exception {
        try (Coturn server = new Coturn()) {
            RTCConfiguration c = relayOnly(Coturn.USER, "wrong", server.udp());
            try (Call call = new Call(server, c, c)) {
                call.a.createDataChannel("c");
                await(call.a.setLocalDescription());
                RTCPeerConnectionIceErrorEvent e = call.errors.poll(10, TimeUnit.SECONDS);
                assertNotNull(e);
                assertEquals(401, e.errorCode());
                assertEquals(server.udp(), e.url());
                await(call.gathered);
                assertTrue(call.candidates.isEmpty());
            }
        }
    }

    @Test
    void aCertificateThatNobodyTrustsIsAnErrorAndNoRelay() throws Exception {
        try (Coturn server = new Coturn();
                RTCPeerConnectionFactory plain =
                        RTCPeerConnectionFactory.builder().includeLoopback(true).build()) {
            RTCPeerConnection pc = plain.createPeerConnection(relayOnly(Coturn.USER, Coturn.PASSWORD, server.tls()));
            CompletableFuture<RTCPeerConnectionIceErrorEvent> error = new CompletableFuture<>();
            pc.onIceCandidateError(error::complete);
            pc.createDataChannel("c");
            await(pc.setLocalDescription());
            assertEquals(701, await(error).errorCode());
            assertTrue(
                    await(error).errorText().startsWith("TLS: "), await(error).errorText());
            pc.close();
        }
    }

    @Test
    void aCertificateOfAnotherHostIsAnErrorEvenIfTrusted() throws Exception {
        // The certificate names localhost and 127.0.0.1, not this.
        try (Coturn server = new Coturn("--listening-ip", "127.0.0.2")) {
            RTCConfiguration c = relayOnly(Coturn.USER, Coturn.PASSWORD, "turns:127.0.0.2:" + server.tlsPort);
            try (Call call = new Call(server, c, c)) {
                call.a.createDataChannel("c");
                await(call.a.setLocalDescription());
                RTCPeerConnectionIceErrorEvent e = call.errors.poll(15, TimeUnit.SECONDS);
                assertEquals(701, e.errorCode());
                assertTrue(e.errorText().contains("127.0.0.2"), e.errorText());
            }
        }
    }

    @Test
    void aNonceThatExpiresDuringTheCallIsRenewed() throws Exception {
        try (Coturn server = new Coturn("--stale-nonce=1")) {
            RTCConfiguration c = relayOnly(Coturn.USER, Coturn.PASSWORD, server.udp());
            try (Call call = new Call(server, c, c)) {
                RTCDataChannel channel = call.connect();
                TimeUnit.MILLISECONDS.sleep(2_500); // the server's clock decides
                // A new generation asks for permissions under the nonce of before.
                CompletableFuture<Void> pair = new CompletableFuture<>();
                call.a
                        .getSctp()
                        .getTransport()
                        .getIceTransport()
                        .onSelectedCandidatePairChange(e -> pair.complete(null));
                call.a.restartIce();
                TwoPeers.negotiate(call.a, call.b);
                await(pair);
                Call.echo(channel);
                assertTrue(call.errors.isEmpty(), call.errors.toString());
            }
        }
    }

    @Test
    void aDeadServerNeitherDelaysNorHarmsALiveOne() throws Exception {
        try (Coturn server = new Coturn()) {
            RTCConfiguration c = relayOnly(
                    Coturn.USER, Coturn.PASSWORD, "turn:127.0.0.1:9", server.udp(), "turn:127.0.0.1:9?transport=tcp");
            try (Call call = new Call(server, c, c)) {
                long begin = System.nanoTime();
                call.connect();
                assertTrue(
                        System.nanoTime() - begin < 3_000_000_000L,
                        "connected while the dead one was still being waited for");
                assertEquals(701, call.errors.poll(15, TimeUnit.SECONDS).errorCode());
            }
        }
    }

    @Test
    void aServerThatIsKilledAndComesBackServesAfterAnIceRestart() throws Exception {
        try (Coturn server = new Coturn()) {
            RTCConfiguration c = relayOnly(Coturn.USER, Coturn.PASSWORD, server.tcp());
            try (Call call = new Call(server, c, c)) {
                RTCDataChannel channel = call.connect();
                CompletableFuture<Void> disconnected = state(call.a, RTCPeerConnectionState.DISCONNECTED);
                server.kill();
                await(disconnected);
                server.start();
                CompletableFuture<Void> again = state(call.a, RTCPeerConnectionState.CONNECTED);
                call.a.restartIce();
                TwoPeers.negotiate(call.a, call.b);
                await(again);
                Call.echo(channel);
            }
        }
    }
}
