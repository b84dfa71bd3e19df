package dev.jvmrtc;

import static dev.jvmrtc.EchoCall.loopback;
import static dev.jvmrtc.TwoPeers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that an application forgets without closing them. */
@Timeout(120)
class AbandonedConnectionTest {

    private final ReferenceQueue<RTCPeerConnection> collected = new ReferenceQueue<>();

    private static int freePort() throws SocketException {
        try (DatagramSocket s = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            return s.getLocalPort();
        }
    }

    private static boolean isFree(int port) {
        try (DatagramSocket s = new DatagramSocket(new InetSocketAddress("127.0.0.1", port))) {
            return true;
        } catch (SocketException e) {
            return false;
        }
    }

    /** One that has gathered and hears of it, and has no peer. */
    private WeakReference<RTCPeerConnection> offerAndForget(RTCPeerConnectionFactory factory) {
        RTCPeerConnection pc = factory.createPeerConnection();
        CompletableFuture<Void> gathered = new CompletableFuture<>();
        pc.onIceCandidate(e -> {
            if (e.candidate() == null) {
                gathered.complete(null);
            }
        });
        pc.onConnectionStateChange(e -> pc.getConnectionState()); // one that refers to it, as most do
        pc.createDataChannel("c").onOpen(e -> pc.getSctp());
        await(pc.setLocalDescription());
        await(gathered);
        return new WeakReference<>(pc, collected);
    }

    private Reference<? extends RTCPeerConnection> awaitCollection(int seconds) throws InterruptedException {
        Reference<? extends RTCPeerConnection> r = null;
        for (int i = 0; i < 20 * seconds && r == null; i++) {
            System.gc();
            r = collected.remove(50);
        }
        return r;
    }

    @Test
    void oneWithoutAPeerIsCollectedAndItsSocketsAreClosed() throws Exception {
        int port = freePort();
        try (RTCPeerConnectionFactory factory = loopback()
                .addressFilter(a -> a.getHostAddress().equals("127.0.0.1"))
                .portRange(port, port)
                .build()) {
            WeakReference<RTCPeerConnection> ref = offerAndForget(factory);
            assertEquals(ref, awaitCollection(30), "collected");
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!isFree(port)) {
                assertTrue(System.nanoTime() - end < 0, "the socket is still open");
                Thread.onSpinWait();
            }
        }
    }

    /** Half of a call whose server nobody refers to. */
    private EchoHalf call(RTCPeerConnectionFactory servers, RTCPeerConnectionFactory clients) {
        EchoCall call = new EchoCall(clients, servers);
        call.echo("first");
        // Signalling is over; from now on only the network knows the server.
        call.client.onIceCandidate(null);
        call.server.onIceCandidate(null);
        return new EchoHalf(call.client, call.channel, new WeakReference<>(call.server, collected));
    }

    private record EchoHalf(
            RTCPeerConnection client, RTCDataChannel channel, WeakReference<RTCPeerConnection> server) {}

    @Test
    void oneWithAPeerStaysAliveThoughNobodyRefersToIt() throws Exception {
        try (RTCPeerConnectionFactory servers = loopback().build();
                RTCPeerConnectionFactory clients = loopback().build()) {
            assertStaysAlive(call(servers, clients));
        }
    }

    /** As above, and the server's offer with a restart has gone to nobody. */
    private EchoHalf callThatRestarts(RTCPeerConnectionFactory servers, RTCPeerConnectionFactory clients) {
        EchoHalf half = call(servers, clients);
        RTCPeerConnection server = half.server.get();
        server.restartIce();
        await(server.setLocalDescription());
        return half;
    }

    @Test
    void oneWhoseRestartIsNotAnsweredStaysAliveAsLongAsItHasAPeer() throws Exception {
        try (RTCPeerConnectionFactory servers = loopback().build();
                RTCPeerConnectionFactory clients = loopback().build()) {
            assertStaysAlive(callThatRestarts(servers, clients));
        }
    }

    private void assertStaysAlive(EchoHalf half) throws Exception {
        assertNull(awaitCollection(2));
        CompletableFuture<String> echoed = new CompletableFuture<>();
        half.channel.onMessage(m -> echoed.complete(m.text()));
        half.channel.send("still there");
        assertEquals("still there", await(echoed));
        RTCPeerConnection server = half.server.get();
        assertNotNull(server);
        server.close();
        half.client.close();
        await(server.closed());
        await(half.client.closed());
    }

    @Test
    void oneThatHasFailedIsCollected() throws Exception {
        try (RTCPeerConnectionFactory servers = loopback().build();
                RTCPeerConnectionFactory clients = loopback().build()) {
            WeakReference<RTCPeerConnection> ref = failAndForget(servers, clients);
            assertEquals(ref, awaitCollection(30));
        }
    }

    /** Its peer's certificate is another than the description says. */
    private WeakReference<RTCPeerConnection> failAndForget(
            RTCPeerConnectionFactory servers, RTCPeerConnectionFactory clients) {
        RTCPeerConnection server = servers.createPeerConnection();
        RTCPeerConnection client = clients.createPeerConnection();
        CompletableFuture<Void> failed = new CompletableFuture<>();
        server.onConnectionStateChange(e -> {
            if (server.getConnectionState() == RTCPeerConnectionState.FAILED) {
                failed.complete(null);
            }
        });
        server.onIceCandidate(e -> client.addIceCandidate(e.candidate()));
        client.createDataChannel("c");
        await(client.setLocalDescription());
        String offer = client.getLocalDescription().getSdp();
        int at = offer.indexOf("a=fingerprint:sha-256 ") + "a=fingerprint:sha-256 ".length();
        String forged = offer.substring(0, at) + (offer.startsWith("00", at) ? "11" : "00") + offer.substring(at + 2);
        await(server.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, forged)));
        await(server.setLocalDescription());
        await(client.setRemoteDescription(server.getLocalDescription()));
        await(failed);
        client.close();
        return new WeakReference<>(server, collected);
    }
}
