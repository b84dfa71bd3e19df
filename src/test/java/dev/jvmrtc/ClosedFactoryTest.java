package dev.jvmrtc;

import static dev.jvmrtc.EchoCall.loopback;
import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.opened;
import static dev.jvmrtc.TwoPeers.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.dom.RTCException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the end of a factory does to connections. */
@Timeout(60)
class ClosedFactoryTest {

    @Test
    void aClosedFactoryMakesNoConnectionsAndSaysSo() {
        RTCPeerConnectionFactory factory = loopback().build();
        factory.close();
        factory.close();
        RTCException e = assertThrows(RTCException.class, factory::createPeerConnection);
        assertEquals("InvalidStateError", e.getName());
        assertTrue(e.getMessage().contains("build another"), e.getMessage());
        assertThrows(
                RTCException.class,
                () -> factory.createPeerConnection(RTCConfiguration.builder().build(), Runnable::run));
    }

    @Test
    void theDefaultFactoryIsEverybodysAndStaysOpen() {
        RTCPeerConnectionFactory.getDefault().close();
        RTCPeerConnection pc = new RTCPeerConnection();
        pc.close();
        await(pc.closed());
    }

    private static boolean isFree(int port) {
        try (DatagramSocket s = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            return s.isBound();
        } catch (SocketException e) {
            return false;
        }
    }

    @Test
    void itsConnectionsGoOnUntilTheyAreClosedAndThenItsPortIsFree() {
        RTCPeerConnectionFactory servers = loopback().sharedUdpPort(0).build();
        int port = servers.getSharedUdpPort();
        RTCPeerConnection server = servers.createPeerConnection(); // has not begun to gather
        servers.close();
        try (RTCPeerConnectionFactory clients = loopback().build();
                RTCPeerConnection client = clients.createPeerConnection()) {
            client.onIceCandidate(e -> server.addIceCandidate(e.candidate()));
            server.onIceCandidate(e -> client.addIceCandidate(e.candidate()));
            CompletableFuture<String> said = new CompletableFuture<>();
            server.onDataChannel(e -> e.channel().onMessage(m -> said.complete(m.text())));
            RTCDataChannel c = client.createDataChannel("c");
            CompletableFuture<Void> connected = state(server, RTCPeerConnectionState.CONNECTED);
            TwoPeers.negotiate(client, server);
            await(connected);
            await(opened(c));
            c.send("still there");
            assertEquals("still there", await(said));
            assertTrue(!isFree(port));
        }
        server.close();
        await(server.closed());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!isFree(port)) {
            assertTrue(System.nanoTime() < end, "the port is never free");
        }
    }

    @Test
    void aPortThatNobodyIsOnIsFreeAtOnce() {
        RTCPeerConnectionFactory servers =
                loopback().sharedUdpPort(0).sharedTcpPort(0).build();
        int port = servers.getSharedUdpPort();
        servers.close();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!isFree(port)) {
            assertTrue(System.nanoTime() < end, "the port is never free");
        }
    }
}
