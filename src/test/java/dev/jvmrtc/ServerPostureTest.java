package dev.jvmrtc;

import static dev.jvmrtc.EchoCall.loopback;
import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.opened;
import static dev.jvmrtc.TwoPeers.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.TransactionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What servers need: one port for all, fixed ports and addresses, a lite agent. */
@Timeout(120)
class ServerPostureTest {

    private static final int SERVER_LOOPS = 2;
    private static final int CLIENT_LOOPS = 1;
    private static final Pattern LOOP_THREAD = Pattern.compile("jvmrtc-(\\d+)-loop-\\d+");

    @Test
    void aHundredConnectionsShareOnePortAndNoThreadIsAdded() {
        try (RTCPeerConnectionFactory servers =
                        loopback().sharedUdpPort(0).eventLoops(SERVER_LOOPS).build();
                RTCPeerConnectionFactory clients =
                        loopback().eventLoops(CLIENT_LOOPS).build()) {
            List<EchoCall> calls = new ArrayList<>();
            try {
                for (int i = 0; i < 100; i++) {
                    calls.add(new EchoCall(clients, servers));
                }
                for (int i = 0; i < 100; i++) {
                    calls.get(i).echo("call " + i);
                }
                assertEquals(List.of(SERVER_LOOPS, CLIENT_LOOPS), loopThreadsOfTheLastTwoFactories());
                for (EchoCall c : calls) {
                    assertFalse(c.serverCandidates.isEmpty());
                    assertTrue(c.serverCandidates.stream()
                            .filter(k -> k.getProtocol() == RTCIceProtocol.UDP)
                            .allMatch(k -> servers.getSharedUdpPort().equals(k.getPort())));
                }
            } finally {
                calls.forEach(EchoCall::close);
            }
        }
    }

    /** Of each; other factories may be ending their threads meanwhile. */
    private static List<Integer> loopThreadsOfTheLastTwoFactories() {
        Map<Integer, Integer> byFactory = new TreeMap<>();
        for (Thread t : Thread.getAllStackTraces().keySet()) {
            Matcher name = LOOP_THREAD.matcher(t.getName());
            if (name.matches()) {
                byFactory.merge(Integer.valueOf(name.group(1)), 1, Integer::sum);
            }
        }
        List<Integer> counts = List.copyOf(byFactory.values());
        return counts.subList(counts.size() - 2, counts.size());
    }

    @Test
    void iceRestartsOnTheSharedPort() {
        try (RTCPeerConnectionFactory servers = loopback().sharedUdpPort(0).build();
                RTCPeerConnectionFactory clients = loopback().build();
                EchoCall call = new EchoCall(clients, servers)) {
            await(opened(call.channel));
            for (int i = 0; i < 3; i++) {
                CompletableFuture<Void> pair = new CompletableFuture<>();
                call.client
                        .getSctp()
                        .getTransport()
                        .getIceTransport()
                        .onSelectedCandidatePairChange(e -> pair.complete(null));
                (i == 1 ? call.server : call.client).restartIce();
                TwoPeers.negotiate(i == 1 ? call.server : call.client, i == 1 ? call.client : call.server);
                await(pair);
            }
            call.echo("after three restarts");
        }
    }

    @Test
    void aSecondConnectionOfThePeersAddressAndPortIsRefusedWithAReason() throws Exception {
        int port;
        try (DatagramSocket s = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            port = s.getLocalPort();
        }
        try (RTCPeerConnectionFactory servers = loopback().sharedUdpPort(0).build();
                RTCPeerConnectionFactory clients = loopback()
                        .portRange(port, port)
                        .addressFilter(a -> a.getHostAddress().equals("127.0.0.1"))
                        .build()) {
            EchoCall first = new EchoCall(clients, servers);
            first.echo("first");
            first.client.close();
            await(first.client.closed());
            // The server has not closed its side yet, and the next client comes from the same address and port.
            EchoCall second = new EchoCall(clients, servers);
            for (int i = 0; ; i++) {
                if (await(second.server.getDropCounts())
                        .containsKey(
                                "the peer's address and port are in use by another connection on the shared port")) {
                    break;
                }
                assertTrue(i < 100_000, "never refused: " + await(second.server.getDropCounts()));
            }
            assertTrue(
                    await(servers.getSharedPortDropCounts()).get("address of a peer that another connection has") > 0);
            first.server.close();
            await(first.server.closed());
            second.echo("and now the place is free");
            second.close();
        }
    }

    @Test
    void saysWhichPortIsTaken() throws Exception {
        try (DatagramSocket taken = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            UncheckedIOException e = assertThrows(
                    UncheckedIOException.class,
                    () -> loopback().sharedUdpPort(taken.getLocalPort()).build());
            assertTrue(e.getMessage().contains("UDP port " + taken.getLocalPort()), e.getMessage());
        }
    }

    @Test
    void candidatesShowTheExternalAddressOfACloudAndKeepToThePortRange() throws Exception {
        InetAddress external = InetAddress.getByName("203.0.113.7");
        try (RTCPeerConnectionFactory servers = loopback()
                        .portRange(40_000, 40_100)
                        .externalAddress(InetAddress.getByName("127.0.0.1"), external)
                        .build();
                RTCPeerConnection pc = servers.createPeerConnection()) {
            List<RTCIceCandidate> candidates = gather(pc);
            assertTrue(candidates.stream().anyMatch(c -> c.getAddress().equals("203.0.113.7")), candidates.toString());
            assertTrue(candidates.stream().noneMatch(c -> c.getAddress().equals("127.0.0.1")), candidates.toString());
            candidates.forEach(c -> assertTrue(
                    c.getTcpType() == RTCIceTcpCandidateType.ACTIVE || c.getPort() >= 40_000 && c.getPort() <= 40_100,
                    c.toString()));
        }
    }

    /** Others on this machine use ports, too. */
    private static DatagramSocket udpPortWhoseTcpIsFree() throws IOException {
        while (true) {
            DatagramSocket taken = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
            try (ServerSocket probe = new ServerSocket()) {
                probe.bind(taken.getLocalSocketAddress());
                return taken;
            } catch (BindException e) {
                taken.close();
            }
        }
    }

    @Test
    void anAddressWithoutAFreeUdpPortIsOfUseByTcp() throws Exception {
        try (DatagramSocket taken = udpPortWhoseTcpIsFree();
                RTCPeerConnectionFactory clients = loopback()
                        .portRange(taken.getLocalPort(), taken.getLocalPort())
                        .passiveTcp(true)
                        .addressFilter(a -> a.getHostAddress().equals("127.0.0.1"))
                        .build();
                RTCPeerConnection pc = clients.createPeerConnection()) {
            List<RTCIceCandidate> candidates = gather(pc);
            assertEquals(
                    Set.of(RTCIceTcpCandidateType.ACTIVE, RTCIceTcpCandidateType.PASSIVE),
                    candidates.stream().map(RTCIceCandidate::getTcpType).collect(Collectors.toSet()),
                    candidates.toString());
        }
    }

    @Test
    void addressesAreHiddenBehindNamesThatPeersResolve() throws Exception {
        try (RTCPeerConnectionFactory hiding =
                        loopback().hideLocalAddresses(true).passiveTcp(true).build();
                EchoCall call = new EchoCall(hiding, hiding)) {
            call.echo("who is there?");
            call.clientCandidates.forEach(
                    c -> assertTrue(c.getAddress().matches("[0-9a-f-]{36}\\.local"), c.toString()));
            long addresses = call.clientCandidates.stream()
                    .filter(c -> c.getProtocol() == RTCIceProtocol.UDP)
                    .count();
            assertEquals(
                    addresses,
                    call.clientCandidates.stream()
                            .map(RTCIceCandidate::getAddress)
                            .distinct()
                            .count(),
                    "one name an address");
            String before = call.clientCandidates.get(0).getAddress();
            call.client.restartIce();
            TwoPeers.negotiate(call.client, call.server);
            call.echo("and again");
            assertTrue(
                    call.client.getLocalDescription().getSdp().contains(before),
                    "names stay for the time of the connection");
            assertFalse(call.client.getLocalDescription().getSdp().contains(" 127.0.0.1 "));
        }
    }

    @Test
    void aServerOnTheSharedPortAsksStunServersToo() throws Exception {
        try (StunServer stun = new StunServer()) {
            RTCConfiguration config = RTCConfiguration.builder()
                    .iceServers(List.of(stun.server()))
                    .build();
            try (RTCPeerConnectionFactory servers =
                    loopback().sharedUdpPort(0).eventLoops(2).build()) {
                for (int i = 0; i < 3; i++) {
                    RTCPeerConnection pc = servers.createPeerConnection(config);
                    CompletableFuture<RTCIceCandidate> reflexive = new CompletableFuture<>();
                    pc.onIceCandidate(e -> {
                        if (e.candidate() != null && e.candidate().getType() == RTCIceCandidateType.SRFLX) {
                            reflexive.complete(e.candidate());
                        }
                    });
                    pc.createDataChannel("c");
                    await(pc.setLocalDescription());
                    assertEquals("203.0.113.9", await(reflexive).getAddress());
                    assertEquals(servers.getSharedUdpPort(), await(reflexive).getRelatedPort());
                    pc.close();
                }
            }
        }
    }

    /** Offers, and waits until all candidates are there, and the connection is known on a shared port; returns them. */
    private static List<RTCIceCandidate> gather(RTCPeerConnection pc) {
        CompletableFuture<Void> gathered = new CompletableFuture<>();
        List<RTCIceCandidate> candidates = new CopyOnWriteArrayList<>();
        pc.onIceCandidate(e -> {
            if (e.candidate() == null) {
                gathered.complete(null);
            } else if (!e.candidate().getCandidate().isEmpty()) {
                candidates.add(e.candidate());
            }
        });
        pc.createDataChannel("c");
        await(pc.setLocalDescription());
        await(gathered);
        return candidates;
    }

    @Test
    void whoKnowsOnlyTheFragmentCannotTakeAnAddressOfTheSharedPort() throws Exception {
        try (RTCPeerConnectionFactory servers = loopback()
                        .addressFilter(a -> a.getHostAddress().equals("127.0.0.1"))
                        .sharedUdpPort(0)
                        .build();
                RTCPeerConnection pc = servers.createPeerConnection();
                DatagramSocket stranger = new DatagramSocket()) {
            gather(pc);
            Matcher ufrag = Pattern.compile("a=ice-ufrag:(\\S+)")
                    .matcher(pc.getLocalDescription().getSdp());
            assertTrue(ufrag.find());
            byte[] check = StunMessage.write(StunMessage.BINDING, StunClass.REQUEST, new TransactionId(1, 1))
                    .text(StunAttribute.USERNAME, ufrag.group(1) + ":xxxx")
                    .u32(StunAttribute.PRIORITY, 1)
                    .integrity("a guess".getBytes())
                    .fingerprinted();
            stranger.send(new DatagramPacket(
                    check, check.length, new InetSocketAddress("127.0.0.1", servers.getSharedUdpPort())));
            for (int i = 0;
                    !await(servers.getSharedPortDropCounts())
                            .equals(java.util.Map.of("check with wrong credentials", 1L));
                    i++) {
                assertTrue(i < 100_000, () -> "never counted: " + await(servers.getSharedPortDropCounts()));
            }
        }
    }

    @Test
    void onePeerHasSoManyAddressesOfTheSharedPortAndTheOldestGiveWay() throws Exception {
        try (RTCPeerConnectionFactory servers = loopback()
                        .addressFilter(a -> a.getHostAddress().equals("127.0.0.1"))
                        .sharedUdpPort(0)
                        .build();
                RTCPeerConnection pc = servers.createPeerConnection()) {
            gather(pc);
            Matcher m = Pattern.compile("a=ice-ufrag:(\\S+)\r\na=ice-pwd:(\\S+)")
                    .matcher(pc.getLocalDescription().getSdp());
            assertTrue(m.find());
            byte[] check = StunMessage.write(StunMessage.BINDING, StunClass.REQUEST, new TransactionId(1, 1))
                    .text(StunAttribute.USERNAME, m.group(1) + ":xxxx")
                    .u32(StunAttribute.PRIORITY, 1)
                    .u64(StunAttribute.ICE_CONTROLLED, 1)
                    .integrity(m.group(2).getBytes())
                    .fingerprinted();
            InetSocketAddress server = new InetSocketAddress("127.0.0.1", servers.getSharedUdpPort());
            byte[] noStun = {22, 0, 0, 0};
            List<DatagramSocket> addresses = new ArrayList<>();
            try {
                for (int i = 0; i < 35; i++) { // 32 are kept
                    DatagramSocket peer = new DatagramSocket();
                    addresses.add(peer);
                    peer.setSoTimeout(10_000);
                    peer.send(new DatagramPacket(check, check.length, server));
                    peer.receive(new DatagramPacket(
                            new byte[1_500], 1_500)); // its answer: from the next on the address is known
                }
                DatagramSocket newest = addresses.get(34);
                for (DatagramSocket peer : addresses.subList(3, 35)) {
                    peer.send(new DatagramPacket(noStun, noStun.length, server));
                }
                newest.send(new DatagramPacket(check, check.length, server));
                newest.receive(new DatagramPacket(
                        new byte[1_500], 1_500)); // the port reads in order: it has had what came before
                assertEquals(Map.of(), await(servers.getSharedPortDropCounts()));
                for (DatagramSocket peer : addresses.subList(0, 3)) {
                    peer.send(new DatagramPacket(noStun, noStun.length, server));
                }
                newest.send(new DatagramPacket(check, check.length, server));
                newest.receive(new DatagramPacket(new byte[1_500], 1_500));
                assertEquals(
                        Map.of("datagram that no connection expects", 3L), await(servers.getSharedPortDropCounts()));
            } finally {
                addresses.forEach(DatagramSocket::close);
            }
        }
    }

    @Test
    void aLiteServerIsReachedAndRestarted() {
        try (RTCPeerConnectionFactory servers =
                        loopback().iceLite(true).sharedUdpPort(0).build();
                RTCPeerConnectionFactory clients = loopback().build();
                EchoCall call = new EchoCall(clients, servers)) {
            assertTrue(call.server.getLocalDescription().getSdp().contains("\r\na=ice-lite\r\n"));
            await(state(call.server, RTCPeerConnectionState.CONNECTED));
            await(opened(call.channel));
            assertEquals(
                    RTCIceRole.CONTROLLED,
                    call.server.getSctp().getTransport().getIceTransport().getRole());
            CompletableFuture<Void> pair = new CompletableFuture<>();
            call.client
                    .getSctp()
                    .getTransport()
                    .getIceTransport()
                    .onSelectedCandidatePairChange(e -> pair.complete(null));
            call.client.restartIce();
            TwoPeers.negotiate(call.client, call.server);
            await(pair);
            call.echo("lite");
            RTCStats sent =
                    await(call.server.getStats()).ofType("candidate-pair").get(0);
            assertEquals(0L, sent.get("requestsSent"), "a lite agent asks nothing");
        }
    }

    @Test
    void aLiteServerThatOffersLeavesControlToThePeer() {
        try (RTCPeerConnectionFactory servers = loopback().iceLite(true).build();
                RTCPeerConnectionFactory clients = loopback().build();
                RTCPeerConnection server = servers.createPeerConnection();
                RTCPeerConnection client = clients.createPeerConnection()) {
            server.onIceCandidate(e -> client.addIceCandidate(e.candidate()));
            client.onIceCandidate(e -> server.addIceCandidate(e.candidate()));
            RTCDataChannel c = server.createDataChannel("c");
            TwoPeers.negotiate(server, client);
            await(opened(c));
            assertEquals(
                    RTCIceRole.CONTROLLING,
                    client.getSctp().getTransport().getIceTransport().getRole());
        }
    }
}
