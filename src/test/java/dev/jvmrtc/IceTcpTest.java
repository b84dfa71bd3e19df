package dev.jvmrtc;

import static dev.jvmrtc.EchoCall.loopback;
import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.opened;
import static dev.jvmrtc.TwoPeers.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls over TCP (RFC 6544) on real sockets. */
@Timeout(120)
class IceTcpTest {

    private static RTCPeerConnectionFactory.Builder tcpOnly() {
        return loopback().udp(false);
    }

    @Test
    void aCallGoesOverTcpAloneThroughRestartsOfEitherSide() {
        try (RTCPeerConnectionFactory clients = tcpOnly().build();
                RTCPeerConnectionFactory servers = tcpOnly().passiveTcp(true).build();
                EchoCall call = new EchoCall(clients, servers)) {
            call.echo("over TCP");
            assertEquals(RTCIceProtocol.TCP, call.selectedPair().getLocal().getProtocol());
            assertEquals(
                    RTCIceTcpCandidateType.ACTIVE,
                    call.selectedPair().getLocal().getTcpType());
            assertEquals(
                    RTCIceTcpCandidateType.PASSIVE,
                    call.selectedPair().getRemote().getTcpType());
            assertTrue(call.clientCandidates.stream()
                    .allMatch(c -> c.getProtocol() == RTCIceProtocol.TCP && c.getPort() == 9));
            for (boolean byServer : new boolean[] {true, false}) {
                CompletableFuture<Void> pair = new CompletableFuture<>();
                call.client
                        .getSctp()
                        .getTransport()
                        .getIceTransport()
                        .onSelectedCandidatePairChange(e -> pair.complete(null));
                (byServer ? call.server : call.client).restartIce();
                TwoPeers.negotiate(byServer ? call.server : call.client, byServer ? call.client : call.server);
                await(pair);
                call.echo("x".repeat(60_000));
            }
        }
    }

    @Test
    void manyConnectionsShareOneTcpPort() {
        try (RTCPeerConnectionFactory clients = tcpOnly().eventLoops(1).build();
                RTCPeerConnectionFactory servers =
                        tcpOnly().sharedTcpPort(0).eventLoops(3).build()) {
            List<EchoCall> calls = new ArrayList<>();
            try {
                for (int i = 0; i < 50; i++) {
                    calls.add(new EchoCall(clients, servers));
                }
                for (int i = 0; i < calls.size(); i++) {
                    calls.get(i).echo("call " + i);
                    assertTrue(calls.get(i).serverCandidates.stream()
                            .filter(c -> c.getTcpType() == RTCIceTcpCandidateType.PASSIVE)
                            .allMatch(c -> servers.getSharedTcpPort().equals(c.getPort())));
                }
                EchoCall first = calls.get(0);
                CompletableFuture<Void> pair = new CompletableFuture<>();
                first.client
                        .getSctp()
                        .getTransport()
                        .getIceTransport()
                        .onSelectedCandidatePairChange(e -> pair.complete(null));
                first.client.restartIce();
                TwoPeers.negotiate(first.client, first.server);
                await(pair);
                first.echo("restarted");
            } finally {
                calls.forEach(EchoCall::close);
            }
        }
    }

    @Test
    void oneNumberServesUdpAndTcpAndUdpIsPreferred() throws IOException {
        int port;
        try (ServerSocket s = new ServerSocket(0)) {
            port = s.getLocalPort();
        }
        try (RTCPeerConnectionFactory clients = loopback().build();
                RTCPeerConnectionFactory servers =
                        loopback().sharedUdpPort(port).sharedTcpPort(port).build();
                EchoCall call = new EchoCall(clients, servers)) {
            call.echo("either");
            await(state(call.client, RTCPeerConnectionState.CONNECTED));
            assertEquals(RTCIceProtocol.UDP, call.selectedPair().getRemote().getProtocol());
            assertTrue(call.serverCandidates.stream()
                    .anyMatch(c -> c.getProtocol() == RTCIceProtocol.TCP && c.getPort() == port));
        }
    }

    @Test
    void theCallSurvivesAConnectionThatBreaks() throws IOException {
        try (BreakableProxy proxy = new BreakableProxy();
                RTCPeerConnectionFactory clients = tcpOnly().build();
                RTCPeerConnectionFactory servers = tcpOnly()
                        .addressFilter(a -> a.getHostAddress().equals("127.0.0.1"))
                        .passiveTcp(true)
                        .build();
                EchoCall call = new EchoCall(clients, servers, proxy::instead)) {
            call.echo("before");
            for (int i = 0; i < 3; i++) {
                proxy.breakConnections();
                call.echo("after break " + i);
            }
            assertEquals(RTCPeerConnectionState.CONNECTED, call.client.getConnectionState());
        }
    }

    @Test
    void whereNoPathIsLeftARestartIsOfferedAndBringsOne() throws IOException {
        try (BreakableProxy proxy = new BreakableProxy();
                RTCPeerConnectionFactory clients = tcpOnly().build();
                RTCPeerConnectionFactory servers = tcpOnly()
                        .addressFilter(a -> a.getHostAddress().equals("127.0.0.1"))
                        .passiveTcp(true)
                        .build();
                EchoCall call = new EchoCall(clients, servers, proxy::instead)) {
            call.echo("before");
            CompletableFuture<RTCIceTransportState> offered = new CompletableFuture<>();
            call.client.onIceRestartNeeded(e -> {
                offered.complete(e.transport().getState());
                call.client.restartIce();
            });
            CompletableFuture<Void> needed = new CompletableFuture<>();
            call.client.onNegotiationNeeded(e -> needed.complete(null));
            proxy.close();
            assertEquals(RTCIceTransportState.DISCONNECTED, await(offered));
            await(needed);
            TwoPeers.negotiate(call.client, call.server);
            call.echo("after");
        }
    }

    /** Stands between a client and the listener of a server. */
    private static final class BreakableProxy implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final List<Socket> sockets = new CopyOnWriteArrayList<>();
        private volatile int target;
        private volatile boolean closed;

        BreakableProxy() throws IOException {
            start(() -> {
                while (true) {
                    Socket in = server.accept();
                    Socket out = new Socket(InetAddress.getLoopbackAddress(), target);
                    sockets.addAll(List.of(in, out));
                    if (closed) { // closing a server socket leaves its last accept a chance
                        breakConnections();
                    }
                    start(() -> pump(in, out));
                    start(() -> pump(out, in));
                }
            });
        }

        /** The candidate, with the proxy's port in place of its own. */
        String instead(String candidate) {
            if (!candidate.contains("tcptype passive") || closed) {
                return candidate;
            }
            String[] w = candidate.split(" ");
            target = Integer.parseInt(w[5]);
            w[5] = Integer.toString(server.getLocalPort());
            return String.join(" ", w);
        }

        void breakConnections() throws IOException {
            for (Socket s : List.copyOf(sockets)) {
                sockets.remove(s);
                if (!s.isClosed()) {
                    s.setSoLinger(true, 0);
                    s.close();
                }
            }
        }

        private static void pump(Socket from, Socket to) throws IOException {
            InputStream in = from.getInputStream();
            byte[] b = new byte[65_536];
            for (int n = in.read(b); n >= 0; n = in.read(b)) {
                to.getOutputStream().write(b, 0, n);
            }
            to.close();
        }

        private interface Io {
            void run() throws IOException;
        }

        private static void start(Io work) {
            Thread t = new Thread(
                    () -> {
                        try {
                            work.run();
                        } catch (IOException e) {
                            // the end of a socket is the end of its thread
                        }
                    },
                    "proxy");
            t.setDaemon(true);
            t.start();
        }

        @Override
        public void close() throws IOException {
            closed = true;
            server.close();
            breakConnections();
        }
    }

    @Test
    void strangersOnTheSharedPortGetNothingAndAreCounted() throws Exception {
        try (RTCPeerConnectionFactory servers = tcpOnly()
                .addressFilter(a -> a.getHostAddress().equals("127.0.0.1"))
                .sharedTcpPort(0)
                .build()) {
            try (Socket http = new Socket("127.0.0.1", servers.getSharedTcpPort());
                    Socket half = new Socket("127.0.0.1", servers.getSharedTcpPort());
                    Socket nobody = new Socket("127.0.0.1", servers.getSharedTcpPort())) {
                http.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes());
                assertEquals(-1, http.getInputStream().read(), "closed");
                byte[] check = dev.jvmrtc.stun.StunMessage.write(
                                1,
                                dev.jvmrtc.stun.StunClass.REQUEST,
                                dev.jvmrtc.stun.TransactionId.random(dev.jvmrtc.core.RandomSource.seeded(1)))
                        .text(dev.jvmrtc.stun.StunAttribute.USERNAME, "nobody:here")
                        .fingerprinted();
                nobody.getOutputStream().write(new byte[] {0, (byte) check.length});
                nobody.getOutputStream().write(check);
                assertEquals(-1, nobody.getInputStream().read(), "closed");
                half.getOutputStream().write(new byte[] {0, 100, 0, 1});
                assertEquals(-1, half.getInputStream().read(), "closed when its time was over");
            }
            assertEquals(
                    java.util.Map.of(
                            "TCP stream that does not begin with a check",
                            1L,
                            "TCP stream that no connection expects",
                            1L,
                            "TCP stream without a check",
                            1L),
                    await(servers.getSharedPortDropCounts()));
        }
    }

    @Test
    void sendsAFileOverTcpWithoutLosingAMessage() {
        try (RTCPeerConnectionFactory clients = tcpOnly().build();
                RTCPeerConnectionFactory servers = tcpOnly().passiveTcp(true).build();
                EchoCall call = new EchoCall(clients, servers)) {
            await(opened(call.channel));
            CompletableFuture<Void> all = new CompletableFuture<>();
            int[] next = {0};
            call.channel.onMessage(m -> {
                assertEquals(next[0]++, Integer.parseInt(m.text().substring(0, 6)));
                if (next[0] == 500) {
                    all.complete(null);
                }
            });
            for (int i = 0; i < 500; i++) {
                call.channel.send(String.format("%06d", i) + "y".repeat(20_000));
            }
            await(all);
        }
    }
}
