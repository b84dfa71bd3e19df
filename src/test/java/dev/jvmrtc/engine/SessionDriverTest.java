package dev.jvmrtc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ConnectionLog;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.WallClock;
import dev.jvmrtc.dtls.DtlsEngine;
import dev.jvmrtc.dtls.DtlsEvent;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.ice.IceCredentials;
import dev.jvmrtc.net.EventLoop;
import dev.jvmrtc.net.MdnsResponder;
import dev.jvmrtc.net.PeerNames;
import dev.jvmrtc.net.Resolver;
import dev.jvmrtc.sctp.SctpConfig;
import dev.jvmrtc.session.PeerSession;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.TransactionId;
import dev.jvmrtc.wire.LentBytes;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is left of a connection that goes wrong, and of the others. */
@Timeout(60)
class SessionDriverTest {
    private static final NetworkSettings NETWORK = new NetworkSettings(
            true,
            0,
            0,
            i -> true,
            InetAddress::isLoopbackAddress,
            Map.of(),
            false,
            false,
            true,
            false,
            false,
            false,
            0,
            a -> true,
            30_000_000_000L,
            SctpConfig.CongestionControl.CUBIC,
            1 << 20,
            16);

    private final EventLoop loop = new EventLoop("session-driver-test");
    private final EventLoop portLoop = new EventLoop("session-driver-test-port");
    private final Resolver resolver = new Resolver();
    private final PeerNames names = new PeerNames(true);
    private final List<Integer> ended = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private int engines;

    @AfterEach
    void end() {
        loop.close();
        portLoop.close();
        resolver.close();
        names.close();
    }

    /** A handshake of which it is known whether it has been ended. The first one throws then. */
    private final class Engine implements DtlsEngine {
        private final int number = ++engines;

        @Override
        public void start(long nowNanos, DtlsRole role, List<Fingerprint> peerFingerprints) {}

        @Override
        public void handleDatagram(long nowNanos, LentBytes datagram) {}

        @Override
        public boolean send(byte[] data, int offset, int length) {
            return false;
        }

        @Override
        public void close() {
            abandon();
        }

        @Override
        public void abandon() {
            ended.add(number);
            if (number == 1) {
                throw new NoClassDefFoundError("a class that the end needs");
            }
        }

        @Override
        public void handleTimeout(long nowNanos) {}

        @Override
        public long nextTimeoutNanos() {
            return NEVER;
        }

        @Override
        public DtlsEvent pollEvent() {
            return null;
        }
    }

    private SessionDriver driver(EventLoop on, SharedUdpPort port) {
        return new SessionDriver(
                on,
                resolver,
                names,
                () -> null,
                NETWORK,
                port,
                null,
                new MdnsResponder(portLoop),
                List.of(),
                false,
                new ConnectionLog(),
                new SessionDriver.Listener() {
                    @Override
                    public void sessionEvents(List<SessionEvent> events) {}

                    @Override
                    public void sessionFailed(Throwable cause) {
                        failure.complete(cause);
                    }
                });
    }

    private SessionDriver started(int transports, SharedUdpPort port) {
        SessionDriver d = driver(loop, port);
        d.start(
                now -> new PeerSession(
                        null,
                        (identity, output) -> new Engine(),
                        RandomSource.seeded(5),
                        new WallClock(0, now),
                        "cname",
                        1 << 16),
                transports);
        return d;
    }

    private static <T> T await(CompletableFuture<T> f) throws Exception {
        return f.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aSessionThatFailsEndsTheHandshakesOfAllItsTransports() throws Exception {
        SessionDriver d = started(3, null);
        d.command((session, now) -> {
            throw new IllegalStateException("a bug");
        });
        assertEquals("a bug", await(failure).getMessage());
        assertEquals(List.of(1, 2, 3), ended);
    }

    @Test
    void aTransportWhoseEndThrowsKeepsNoOtherFromItsEnd() throws Exception {
        SessionDriver d = started(3, null);
        CompletableFuture<Void> done = new CompletableFuture<>();
        d.close(() -> done.complete(null));
        await(done);
        assertTrue(ended.containsAll(List.of(1, 2, 3)), ended.toString());
    }

    private static Map<String, Long> drops(SharedPort<?> port) throws Exception {
        CompletableFuture<Map<String, Long>> answer = new CompletableFuture<>();
        port.queryDrops(answer::complete);
        return await(answer);
    }

    private static void check(DatagramSocket from, SharedUdpPort port, IceCredentials c, int transaction)
            throws Exception {
        byte[] m = StunMessage.write(StunMessage.BINDING, StunClass.REQUEST, new TransactionId(1, transaction))
                .text(StunAttribute.USERNAME, c.usernameFragment() + ":xxxx")
                .u32(StunAttribute.PRIORITY, 1)
                .u64(StunAttribute.ICE_CONTROLLING, 1)
                .integrity(c.password().getBytes(StandardCharsets.UTF_8))
                .fingerprinted();
        from.send(new DatagramPacket(m, m.length, new InetSocketAddress("127.0.0.1", port.port())));
    }

    /** Asks again and again, as every agent does: it cannot know when the other side has opened its sockets. */
    private static boolean isAnswered(DatagramSocket from, SharedUdpPort port, IceCredentials c) throws Exception {
        from.setSoTimeout(200);
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20); System.nanoTime() < end; ) {
            check(from, port, c, 2);
            try {
                from.receive(new DatagramPacket(new byte[1_500], 1_500));
                return true;
            } catch (SocketTimeoutException e) {
                // once more
            }
        }
        return false;
    }

    /** The connection has no loop, so whatever is handed over to it throws. */
    @Test
    void aConnectionThatCanTakeNothingNeitherStopsASharedPortNorFillsIt() throws Exception {
        SharedUdpPort port = new SharedUdpPort(portLoop, 0, NETWORK);
        try (DatagramSocket peer = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
                DatagramSocket another = new DatagramSocket()) {
            IceCredentials broken = IceCredentials.random(RandomSource.seeded(6));
            SessionDriver none = driver(null, port);
            port.join(none, 1, broken);
            check(peer, port, broken, 1);
            byte[] noStun = new byte[40_000];
            noStun[0] = 22;
            for (long sent = 1; sent <= 20; sent++) { // more than a connection may have on its way
                while (drops(port).getOrDefault("datagrams that could not be handed over", 0L) < sent) {
                    assertNull(drops(port).get("datagram for a loop that does not keep up"));
                }
                peer.send(new DatagramPacket(noStun, noStun.length, new InetSocketAddress("127.0.0.1", port.port())));
            }
            SessionDriver healthy = started(1, port);
            CompletableFuture<IceCredentials> known = new CompletableFuture<>();
            healthy.query(s -> s.transports().localCredentials(1), known::complete);
            IceCredentials c = await(known);
            assertTrue(isAnswered(another, port, c));
            healthy.close(() -> {});
            port.leave(none, 1);
        } finally {
            port.close();
        }
    }

    @Test
    void aUsernameFragmentOnASharedTcpPortStaysWithTheConnectionThatHasIt() throws Exception {
        SharedTcpPort port = new SharedTcpPort(portLoop, 0, NETWORK);
        SessionDriver first = driver(loop, null);
        SessionDriver second = driver(loop, null);
        IceCredentials c = IceCredentials.random(RandomSource.seeded(6));
        port.join(first, 1, c);
        port.join(first, 1, c);
        assertEquals(Map.of(), drops(port));
        port.join(second, 1, c);
        port.join(first, 2, c);
        assertEquals(Map.of(SharedPort.TAKEN_FRAGMENT, 2L), drops(port));
        port.leave(first, 1);
        port.join(second, 1, c);
        assertEquals(Map.of(SharedPort.TAKEN_FRAGMENT, 2L), drops(port));
        port.leave(second, 1);
        port.close();
    }
}
