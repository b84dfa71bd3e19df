package dev.jvmrtc.engine;

import dev.jvmrtc.core.ConnectionLog;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.WallClock;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.dtls.HandshakeExecutor;
import dev.jvmrtc.dtls.bc.BcDtlsEngine;
import dev.jvmrtc.net.EventLoop;
import dev.jvmrtc.net.MdnsResponder;
import dev.jvmrtc.net.PeerNames;
import dev.jvmrtc.net.Resolver;
import dev.jvmrtc.sctp.SctpConfig;
import dev.jvmrtc.session.PeerSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import javax.net.ssl.SSLContext;

/**
 * Puts sessions and their drivers together, and owns what those of one factory share: event loops, threads for
 * handshakes, lookups of names, TLS, shared ports. Any thread may call any method.
 */
public final class SessionFactory {
    /** Tells the threads of one factory from those of another. */
    private static final AtomicInteger FACTORIES = new AtomicInteger();

    private final EventLoop[] loops;
    private final AtomicInteger next = new AtomicInteger();
    private final NetworkSettings network;
    /** Null where each connection has ports of its own. */
    private final SharedUdpPort sharedUdp;

    private final SharedTcpPort sharedTcp;
    private final MdnsResponder responder;
    private final Resolver resolver = new Resolver();
    private final PeerNames peerNames;
    private final HandshakeThreads handshakeThreads = new HandshakeThreads();
    private final SSLContext sslContext;

    /**
     * Binds the shared ports. Throws UncheckedIOException where one of them is taken.
     *
     * @param eventLoops how many
     * @param sharedUdpPort 0 for any; null for none
     * @param sharedTcpPort 0 for any; null for none
     * @param resolveRemoteNames whether other names of peers than {@code .local} ones are looked up
     * @param sslContext for TURN over TLS; null for what the platform trusts
     */
    public SessionFactory(
            int eventLoops,
            NetworkSettings network,
            Integer sharedUdpPort,
            Integer sharedTcpPort,
            boolean resolveRemoteNames,
            SSLContext sslContext) {
        int number = FACTORIES.incrementAndGet();
        loops = new EventLoop[eventLoops];
        for (int i = 0; i < loops.length; i++) {
            loops[i] = new EventLoop("jvmrtc-" + number + "-loop-" + i);
        }
        this.network = network;
        this.peerNames = new PeerNames(!resolveRemoteNames);
        this.responder = new MdnsResponder(loops[0]);
        this.sslContext = sslContext;
        SharedUdpPort udp = null;
        String wanted = "UDP port " + sharedUdpPort;
        try {
            udp = sharedUdpPort == null ? null : new SharedUdpPort(loops[0], sharedUdpPort, network);
            wanted = "TCP port " + sharedTcpPort;
            sharedTcp = sharedTcpPort == null ? null : new SharedTcpPort(loops[0], sharedTcpPort, network);
            sharedUdp = udp;
        } catch (IOException e) {
            if (udp != null) {
                udp.close();
            }
            throw new UncheckedIOException("cannot bind " + wanted + " for all connections: " + e.getMessage(), e);
        }
    }

    /** The UDP port that all connections share, or null. */
    public Integer sharedUdpPort() {
        return sharedUdp == null ? null : (Integer) sharedUdp.port();
    }

    /** The TCP port that all connections share, or null. */
    public Integer sharedTcpPort() {
        return sharedTcp == null ? null : (Integer) sharedTcp.port();
    }

    /** What was dropped on the shared ports before it reached a connection, by reason. Never fails. */
    public CompletableFuture<Map<String, Long>> sharedPortDrops() {
        CompletableFuture<Map<String, Long>> udp = new CompletableFuture<>();
        CompletableFuture<Map<String, Long>> tcp = new CompletableFuture<>();
        if (sharedUdp == null) {
            udp.complete(Map.of());
        } else {
            sharedUdp.queryDrops(udp::complete);
        }
        if (sharedTcp == null) {
            tcp.complete(Map.of());
        } else {
            sharedTcp.queryDrops(tcp::complete);
        }
        return udp.thenCombine(tcp, (u, t) -> {
            Map<String, Long> both = new HashMap<>(u);
            both.putAll(t);
            return Map.copyOf(both);
        });
    }

    /** A driver on the next loop, whose session {@link #start} makes. */
    public SessionDriver newDriver(
            List<IceServer> iceServers, boolean relayOnly, ConnectionLog log, SessionDriver.Listener listener) {
        return new SessionDriver(
                nextLoop(),
                resolver,
                peerNames,
                this::tls,
                network,
                sharedUdp,
                sharedTcp,
                responder,
                iceServers,
                relayOnly,
                log,
                listener);
    }

    /**
     * Makes the session of a driver, on its loop.
     *
     * @param name of the connection in the log, for the names of threads
     * @param poolSize how many transports gather ahead
     */
    public void start(
            SessionDriver driver, DtlsIdentity identity, RandomSource random, String cname, String name, int poolSize) {
        driver.start(sessions(driver, identity, random, cname, handshakeThreads.named(name)), poolSize);
    }

    /** What is caught here lives as long as the session: nothing that an application refers to. */
    private static LongFunction<PeerSession> sessions(
            SessionDriver driver,
            DtlsIdentity identity,
            RandomSource random,
            String cname,
            HandshakeExecutor handshakes) {
        return now -> new PeerSession(
                identity,
                (own, output) -> new BcDtlsEngine(
                        own,
                        output,
                        handshakes,
                        random,
                        () -> driver.command((session, at) -> session.handleTimeout(at))),
                random,
                new WallClock(System.currentTimeMillis(), now),
                cname,
                SctpConfig.DEFAULT_MAX_MESSAGE_SIZE);
    }

    /** Asks STUN servers what kind of NAT is in between, see {@link NatDiscovery#start}. */
    public void discoverNat(List<IceServerUrl> servers, NatDiscovery.Listener listener) {
        NatDiscovery.start(nextLoop(), resolver, servers, listener);
    }

    /**
     * Shared ports and the threads of the loops end with the last connection. These may still ask for names; the
     * threads for that end by themselves three seconds after the last question.
     */
    public void close() {
        if (sharedUdp != null) {
            sharedUdp.closeWhenUnused();
        }
        if (sharedTcp != null) {
            sharedTcp.closeWhenUnused();
        }
        for (EventLoop l : loops) {
            l.close();
        }
    }

    private EventLoop nextLoop() {
        return loops[Math.floorMod(next.getAndIncrement(), loops.length)];
    }

    /** For TURN over TLS: as configured, else what the platform trusts. */
    private SSLContext tls() {
        if (sslContext != null) {
            return sslContext;
        }
        try {
            return SSLContext.getDefault();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no default TLS context: give the factory one", e);
        }
    }
}
