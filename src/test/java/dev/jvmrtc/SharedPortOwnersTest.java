package dev.jvmrtc;

import static dev.jvmrtc.EchoCall.loopback;
import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.TransactionId;
import dev.jvmrtc.wire.MalformedException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whose an address is on a shared UDP port. One socket plays the address of a victim, from which an attacker with a
 * connection of their own sends as well: to the port, the two look the same.
 */
@Timeout(60)
class SharedPortOwnersTest {
    private final RandomSource random = RandomSource.seeded(7);

    /** A connection of the server, and what its peer has signalled. */
    private record Connection(
            RTCPeerConnection server,
            String localUfrag,
            String localPassword,
            String remoteUfrag,
            String remotePassword) {}

    private static String attribute(String sdp, String name) {
        int at = sdp.indexOf("a=" + name + ":") + name.length() + 3;
        return sdp.substring(at, sdp.indexOf("\r\n", at));
    }

    /** A peer that has offered, and is silent from then on. */
    private static Connection connection(RTCPeerConnectionFactory servers, RTCPeerConnectionFactory clients) {
        try (RTCPeerConnection client = clients.createPeerConnection()) {
            client.createDataChannel("x");
            RTCSessionDescription offer = await(client.createOffer());
            RTCPeerConnection server = servers.createPeerConnection();
            CompletableFuture<Void> gathered = new CompletableFuture<>();
            server.onIceCandidate(e -> {
                if (e.candidate() == null) {
                    gathered.complete(null);
                }
            });
            await(server.setRemoteDescription(offer));
            await(server.setLocalDescription());
            await(gathered); // the port knows the connection by now; a check that came before would be lost, and
            // nobody here sends one again
            return credentials(server);
        }
    }

    private void check(DatagramSocket from, int port, Connection c) throws IOException {
        sendCheck(from, port, c, false);
    }

    /** An authentic check that nominates the pair of where it comes from. */
    private void nominate(DatagramSocket from, int port, Connection c) throws IOException {
        sendCheck(from, port, c, true);
    }

    private void sendCheck(DatagramSocket from, int port, Connection c, boolean nominates) throws IOException {
        StunMessage.Writer w = StunMessage.write(StunMessage.BINDING, StunClass.REQUEST, TransactionId.random(random))
                .text(StunAttribute.USERNAME, c.localUfrag + ":" + c.remoteUfrag)
                .u32(StunAttribute.PRIORITY, 1)
                .u64(StunAttribute.ICE_CONTROLLING, 5);
        byte[] m = (nominates ? w.flag(StunAttribute.USE_CANDIDATE) : w)
                .integrity(c.localPassword.getBytes(StandardCharsets.UTF_8))
                .fingerprinted();
        from.send(new DatagramPacket(m, m.length, new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port)));
    }

    /**
     * Waits for an answer under the connection's password, answering checks of it meanwhile where asked to; false where
     * there is none for a while.
     */
    private boolean answered(DatagramSocket socket, Connection c, boolean reads)
            throws IOException, MalformedException {
        DatagramPacket p = new DatagramPacket(new byte[2_000], 2_000);
        boolean answered = false;
        boolean proved = !reads;
        while (!answered || !proved) {
            try {
                socket.receive(p);
            } catch (SocketTimeoutException e) {
                return answered && proved;
            }
            StunMessage m = StunMessage.isStun(p.getData(), 0, p.getLength())
                    ? StunMessage.parse(p.getData(), 0, p.getLength())
                    : null;
            if (m == null) {
                continue;
            }
            answered |= m.messageClass() == StunClass.SUCCESS_RESPONSE
                    && m.hasIntegrity(c.localPassword.getBytes(StandardCharsets.UTF_8));
            if (reads
                    && m.messageClass() == StunClass.REQUEST
                    && m.hasIntegrity(c.remotePassword.getBytes(StandardCharsets.UTF_8))) {
                byte[] r = StunMessage.write(StunMessage.BINDING, StunClass.SUCCESS_RESPONSE, m.transactionId())
                        .xorMappedAddress((InetSocketAddress) p.getSocketAddress())
                        .integrity(c.remotePassword.getBytes(StandardCharsets.UTF_8))
                        .fingerprinted();
                socket.send(new DatagramPacket(r, r.length, p.getSocketAddress()));
                proved = true;
            }
        }
        return true;
    }

    @Test
    void whoSendsChecksFromAVictimsAddressNeitherKeepsTheVictimOutNorThrowsItOut() throws Exception {
        try (RTCPeerConnectionFactory servers =
                        loopback().sharedUdpPort(0).eventLoops(2).build();
                RTCPeerConnectionFactory clients = loopback().build();
                DatagramSocket address = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            address.setSoTimeout(20_000);
            int port = servers.getSharedUdpPort();
            Connection attacker = connection(servers, clients);
            Connection victim = connection(servers, clients);
            check(address, port, attacker);
            assertTrue(answered(address, attacker, false), "the attacker's check is authentic, and was first");
            check(address, port, victim);
            assertTrue(answered(address, victim, true), "the victim's is newer, and the attacker has answered nothing");
            // From now on the victim has answered. Its own checks show when that has arrived, for all of it comes in
            // order.
            check(address, port, victim);
            assertTrue(answered(address, victim, false));
            await(servers.getSharedPortDropCounts()); // the port has heard by now what the connection's loop has found
            for (int i = 0; i < 20; i++) {
                check(address, port, attacker);
            }
            check(address, port, victim);
            assertTrue(answered(address, victim, false), "and cannot be thrown out");
            assertEquals(
                    20, await(servers.getSharedPortDropCounts()).get("address of a peer that another connection has"));
            attacker.server.close();
            victim.server.close();
            await(attacker.server.closed());
            await(victim.server.closed());
        }
    }

    /** Answers the next check of a connection as somebody does who does not know its peer's password. */
    private void answerWrongly(DatagramSocket socket, Connection c, UnaryOperator<StunMessage.Writer> how, StunClass as)
            throws IOException, MalformedException {
        DatagramPacket p = new DatagramPacket(new byte[2_000], 2_000);
        StunMessage m = null;
        while (m == null
                || m.messageClass() != StunClass.REQUEST
                || !m.hasIntegrity(c.remotePassword.getBytes(StandardCharsets.UTF_8))) {
            socket.receive(p);
            m = StunMessage.isStun(p.getData(), 0, p.getLength())
                    ? StunMessage.parse(p.getData(), 0, p.getLength())
                    : null;
        }
        byte[] r = how.apply(StunMessage.write(StunMessage.BINDING, as, m.transactionId()))
                .fingerprinted();
        socket.send(new DatagramPacket(r, r.length, p.getSocketAddress()));
    }

    /**
     * An attacker signals the victim's address as a candidate, so that our checks go there, and the victim's own stack
     * refuses them: that proves nothing of the attacker.
     */
    @ParameterizedTest
    @ValueSource(strings = {"401", "400 with a victim's own integrity", "success of a STUN server"})
    void whatAVictimAnswersToTheChecksOfAnAttackersConnectionProvesNothing(String answer) throws Exception {
        try (RTCPeerConnectionFactory servers =
                        loopback().sharedUdpPort(0).eventLoops(2).build();
                RTCPeerConnectionFactory clients = loopback().build();
                DatagramSocket address = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            address.setSoTimeout(20_000);
            int port = servers.getSharedUdpPort();
            Connection attacker = connection(servers, clients);
            Connection victim = connection(servers, clients);
            check(address, port, attacker);
            if (answer.startsWith("success")) {
                answerWrongly(
                        address,
                        attacker,
                        w -> w.xorMappedAddress(new InetSocketAddress("127.0.0.1", port)),
                        StunClass.SUCCESS_RESPONSE);
            } else {
                answerWrongly(
                        address,
                        attacker,
                        w -> answer.equals("401")
                                ? w.error(401, "Unauthorized")
                                : w.error(400, "Bad Request")
                                        .integrity(victim.remotePassword.getBytes(StandardCharsets.UTF_8)),
                        StunClass.ERROR_RESPONSE);
            }
            // Its next check comes behind that, and is answered when the answer has been looked at.
            check(address, port, attacker);
            assertTrue(answered(address, attacker, false));
            await(servers.getSharedPortDropCounts());
            check(address, port, victim);
            assertTrue(
                    answered(address, victim, true),
                    "the victim is not kept out: " + await(servers.getSharedPortDropCounts()));
            assertNull(await(servers.getSharedPortDropCounts()).get("address of a peer that another connection has"));
            attacker.server.close();
            victim.server.close();
            await(attacker.server.closed());
            await(victim.server.closed());
        }
    }

    /**
     * Carries a client's datagrams to a server and back from one socket, which the server takes for the client's.
     * {@code lastFlight} runs, once, before the first datagram of the client that says ChangeCipherSpec goes on: the
     * client has read the server's flight by then, and the handshake ends with it.
     */
    private static final class Carrier extends Thread implements AutoCloseable {
        interface Step {
            void run() throws Exception;
        }

        final DatagramSocket toClient = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
        final DatagramSocket toServer = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
        final CompletableFuture<Void> lastFlightHeld = new CompletableFuture<>();
        private final InetSocketAddress server;
        private final Step lastFlight;
        private volatile SocketAddress client;

        Carrier(int port, Step lastFlight) throws IOException {
            server = new InetSocketAddress("127.0.0.1", port);
            this.lastFlight = lastFlight;
            setDaemon(true);
            start();
            Thread back = new Thread(() -> carry(toServer, p -> {
                if (client != null) {
                    p.setSocketAddress(client);
                    toClient.send(p);
                }
            }));
            back.setDaemon(true);
            back.start();
        }

        interface Way {
            void send(DatagramPacket p) throws Exception;
        }

        private void carry(DatagramSocket from, Way way) {
            try {
                while (true) {
                    DatagramPacket p = new DatagramPacket(new byte[4_000], 4_000);
                    from.receive(p);
                    way.send(p);
                }
            } catch (Exception e) {
                lastFlightHeld.completeExceptionally(e); // of no interest at the end
            }
        }

        @Override
        public void run() {
            carry(toClient, p -> {
                client = p.getSocketAddress();
                if (!lastFlightHeld.isDone() && saysChangeCipherSpec(p.getData(), p.getLength())) {
                    lastFlight.run();
                    lastFlightHeld.complete(null);
                }
                p.setSocketAddress(server);
                toServer.send(p);
            });
        }

        /** RFC 6347 §4.1: records of 13 bytes and what they hold; ChangeCipherSpec is the type 20. */
        private static boolean saysChangeCipherSpec(byte[] data, int length) {
            for (int at = 0;
                    at + 13 <= length && data[at] >= 20 && data[at] <= 23;
                    at += 13 + ((data[at + 11] & 0xff) << 8 | data[at + 12] & 0xff)) {
                if (data[at] == 20) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public void close() {
            toClient.close();
            toServer.close();
        }
    }

    private static Connection credentials(RTCPeerConnection server) {
        String local = server.getLocalDescription().getSdp();
        String remote = server.getRemoteDescription().getSdp();
        return new Connection(
                server,
                attribute(local, "ice-ufrag"),
                attribute(local, "ice-pwd"),
                attribute(remote, "ice-ufrag"),
                attribute(remote, "ice-pwd"));
    }

    /** A client in a call with a lite server, over a carrier. */
    private static final class CarriedCall implements AutoCloseable {
        final RTCPeerConnection server;
        final RTCPeerConnection client;
        final CompletableFuture<Connection> described = new CompletableFuture<>();
        final CompletableFuture<Void> connected;
        private final Carrier carrier;

        interface Nomination {
            void of(Connection c) throws Exception;
        }

        CarriedCall(RTCPeerConnectionFactory servers, RTCPeerConnectionFactory clients, Nomination duringTheHandshake)
                throws IOException {
            int port = servers.getSharedUdpPort();
            server = servers.createPeerConnection();
            client = clients.createPeerConnection();
            carrier = new Carrier(port, () -> duringTheHandshake.of(await(described)));
            String there = " " + port + " typ";
            String carried = " " + carrier.toClient.getLocalPort() + " typ";
            server.onIceCandidate(e -> {
                RTCIceCandidate c = e.candidate();
                if (c != null && !c.getCandidate().isEmpty()) {
                    client.addIceCandidate(new RTCIceCandidateInit(
                            c.getCandidate().replace(there, carried),
                            c.getSdpMid(),
                            c.getSdpMLineIndex(),
                            c.getUsernameFragment()));
                }
            });
            client.createDataChannel("c");
            connected = state(server, RTCPeerConnectionState.CONNECTED);
            TwoPeers.negotiate(
                    client,
                    server,
                    answer -> new RTCSessionDescription(
                            answer.getType(), answer.getSdp().replace(there, carried)));
            described.complete(credentials(server));
        }

        @Override
        public void close() {
            client.close();
            server.close();
            await(client.closed());
            await(server.closed());
            carrier.close();
        }
    }

    private static RTCPeerConnectionFactory.Builder oneAddress() {
        return loopback().addressFilter(a -> a.getHostAddress().equals("127.0.0.1"));
    }

    @Test
    void aHandshakeWithALiteServerProvesOnlyWhereItHasGone() throws Exception {
        try (RTCPeerConnectionFactory servers = oneAddress()
                        .sharedUdpPort(0)
                        .iceLite(true)
                        .eventLoops(2)
                        .build();
                RTCPeerConnectionFactory clients = oneAddress().build();
                DatagramSocket address = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            address.setSoTimeout(20_000);
            int port = servers.getSharedUdpPort();
            try (CarriedCall attacker = new CarriedCall(servers, clients, c -> {
                // From the victim's address: the pair of it is selected when the handshake ends.
                nominate(address, port, c);
                assertTrue(answered(address, c, false));
            })) {
                await(attacker.carrier.lastFlightHeld);
                await(attacker.connected);
                await(servers.getSharedPortDropCounts());
                Connection victim = connection(servers, clients);
                check(address, port, victim);
                assertTrue(
                        answered(address, victim, false),
                        "the victim is not kept out: " + await(servers.getSharedPortDropCounts()));
                victim.server.close();
                await(victim.server.closed());
            }
        }
    }

    @Test
    void aHandshakeWithALiteServerProvesWhereItHasGone() throws Exception {
        try (RTCPeerConnectionFactory servers = oneAddress()
                        .sharedUdpPort(0)
                        .iceLite(true)
                        .eventLoops(2)
                        .build();
                RTCPeerConnectionFactory clients = oneAddress().build();
                CarriedCall call = new CarriedCall(servers, clients, c -> {})) {
            await(call.carrier.lastFlightHeld);
            await(call.connected);
            await(servers.getSharedPortDropCounts());
            Connection attacker = connection(servers, clients);
            check(call.carrier.toServer, servers.getSharedUdpPort(), attacker);
            for (int i = 0;
                    !await(servers.getSharedPortDropCounts())
                            .containsKey("address of a peer that another connection has");
                    i++) {
                assertTrue(i < 100_000, "an address that a handshake has proved is not taken by a check");
            }
            attacker.server.close();
            await(attacker.server.closed());
        }
    }
}
