package dev.jvmrtc.engine;

import dev.jvmrtc.core.DatagramSink;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.ice.Candidate;
import dev.jvmrtc.net.EventLoop;
import dev.jvmrtc.net.Resolver;
import dev.jvmrtc.net.TcpStream;
import dev.jvmrtc.net.UdpSocket;
import dev.jvmrtc.session.PeerSession;
import dev.jvmrtc.session.SessionEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import java.util.function.ObjLongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives a {@link PeerSession} sockets, a loop and a timer. Everything of the session runs on the loop. */
public final class SessionDriver extends EventLoop.Timed {
    private static final Logger LOG = LoggerFactory.getLogger(SessionDriver.class);

    /** What the driver tells the connection; called on the loop. */
    public interface Listener {
        void sessionEvents(List<SessionEvent> events);

        /** An exception that should not have happened ended the session. */
        void sessionFailed(RuntimeException cause);
    }

    /** How often addresses are looked at where they are followed. */
    private static final long WATCH_NANOS = 2_000_000_000L;
    /** RFC 8445 §5.1.2.1: of the best of our addresses; the others follow. */
    private static final int MAX_PREFERENCE = 65_535;

    private final EventLoop loop;
    private final Resolver resolver;
    private final Listener listener;
    private final NetworkSettings network;
    private final SharedPort shared;
    private final Supplier<SSLContext> tls;
    private final Map<Integer, TcpStream> streams = new HashMap<>();
    private final Map<Integer, List<UdpSocket>> sockets = new HashMap<>();
    /** Sockets from before an ICE restart, while they may still be in use. */
    private final Map<Integer, List<UdpSocket>> retiring = new HashMap<>();
    private final Map<InetSocketAddress, UdpSocket> byAddress = new HashMap<>();
    private PeerSession session;
    private List<IceServer> iceServers;
    private boolean relayOnly;
    private boolean watching;
    private boolean closed;
    private boolean dirty;

    /**
     * @param tls for TURN servers that are reached over TLS; asked for when one is
     * @param shared the port that all connections share, or null where each has sockets of its own
     */
    public SessionDriver(EventLoop loop, Resolver resolver, Supplier<SSLContext> tls, NetworkSettings network, SharedPort shared, List<IceServer> iceServers,
                         boolean relayOnly, Listener listener) {
        this.network = network;
        this.shared = shared;
        this.tls = tls;
        this.loop = loop;
        this.resolver = resolver;
        this.iceServers = iceServers;
        this.relayOnly = relayOnly;
        this.listener = listener;
    }

    /** The session to drive, made by {@code factory} on the loop with the loop's time. */
    public void start(java.util.function.LongFunction<PeerSession> factory) {
        loop.execute(() -> {
            loop.retain(1);
            session = factory.apply(System.nanoTime());
            session.setRelayOnly(relayOnly);
            session.setIceLite(network.iceLite());
        });
    }

    public static RandomSource secureRandom() {
        return RandomSource.of(new java.security.SecureRandom());
    }

    /** Runs a command on the session; dropped after the end. From any thread. */
    public void command(ObjLongConsumer<PeerSession> command) {
        loop.execute(() -> {
            if (closed || session == null) {
                return;
            }
            long now = System.nanoTime();
            guarded(() -> command.accept(session, now));
        });
    }

    /** Servers and policy for transports that are opened from now on. */
    public void configure(List<IceServer> servers, boolean onlyRelays) {
        loop.execute(() -> {
            iceServers = servers;
            relayOnly = onlyRelays;
            session.setRelayOnly(onlyRelays);
        });
    }

    /** Changes the session now and drains it at the end of the loop's turn, once for all changes of the turn. A bug of ours costs this connection only. */
    private void guarded(Runnable mutation) {
        try {
            mutation.run();
        } catch (RuntimeException e) {
            fail(e);
            return;
        }
        if (!dirty) {
            dirty = true;
            loop.atEndOfTurn(this::flush);
        }
    }

    private void flush(long now) {
        dirty = false;
        if (closed) {
            return;
        }
        try {
            afterChange(now);
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void fail(RuntimeException e) {
        LOG.error("a session failed and is closed", e);
        release();
        listener.sessionFailed(e);
    }

    private void afterChange(long now) {
        while (!closed) {
            session.drain(now, sink);
            List<SessionEvent> batch = null;
            for (SessionEvent e = session.pollEvent(); e != null; e = session.pollEvent()) {
                if (!handle(now, e)) {
                    batch = batch == null ? new ArrayList<>() : batch;
                    batch.add(e);
                }
            }
            if (batch == null) {
                break;
            }
            listener.sessionEvents(batch);
        }
        if (!closed) {
            session.drain(now, sink);
            loop.schedule(this, session.nextTimeoutNanos());
        }
    }

    /** Events that are the driver's business; false for those of the connection. */
    private boolean handle(long now, SessionEvent e) {
        if (e instanceof SessionEvent.TransportOpened t) {
            openSockets(now, t.transportId());
            return true;
        }
        if (e instanceof SessionEvent.TransportRestarted t) {
            List<UdpSocket> older = retiring.remove(t.transportId());
            List<UdpSocket> present = sockets.remove(t.transportId());
            List<UdpSocket> kept = new ArrayList<>(present == null ? List.of() : present);
            if (older != null) {
                older.forEach(s -> {
                    if (s.local().equals(t.keep())) {
                        kept.add(s);
                    } else {
                        close(s);
                    }
                });
            }
            retiring.put(t.transportId(), kept);
            openSockets(now, t.transportId());
            return true;
        }
        if (e instanceof SessionEvent.OldSocketsUnused t) {
            if (shared != null) {
                shared.keepOnly(this, t.transportId(), session.localUsernameFragment(t.transportId()));
            }
            closeAll(retiring.remove(t.transportId()));
            return true;
        }
        if (e instanceof SessionEvent.TransportClosed t) {
            if (shared != null) {
                shared.leave(this, t.transportId());
            }
            closeSockets(t.transportId());
            return true;
        }
        if (e instanceof SessionEvent.ResolveCandidate r) {
            resolveCandidate(r);
            return true;
        }
        if (e instanceof SessionEvent.OpenStream o) {
            openStream(o);
            return true;
        }
        if (e instanceof SessionEvent.CloseStream c) {
            TcpStream s = streams.remove(c.streamId());
            if (s != null) {
                s.close();
            }
            return true;
        }
        return false;
    }

    /** Where the session's packets go. */
    private final DatagramSink sink = new DatagramSink() {
        @Override
        public void send(InetSocketAddress local, InetSocketAddress remote, byte[] data, int offset, int length) {
            UdpSocket s = byAddress.get(local);
            if (s != null) {
                s.send(remote, data, offset, length);
            } else if (shared != null) {
                shared.send(loop, local, remote, data, offset, length);
            }
        }

        @Override
        public void sendToStream(int streamId, byte[] data, int offset, int length) {
            TcpStream s = streams.get(streamId);
            if (s == null || !s.send(data, offset, length)) {
                session.countDrop("packet for a server that does not read, or is not connected");
            }
        }
    };

    private void openStream(SessionEvent.OpenStream o) {
        int id = o.streamId();
        TcpStream.Handler handler = new TcpStream.Handler() {
            @Override
            public void opened(long now) {
                guarded(() -> session.streamOpened(now, id));
            }

            @Override
            public void received(long now, byte[] data, int offset, int length) {
                guarded(() -> session.streamReceived(now, id, data, offset, length));
            }

            @Override
            public void closed(long now, String reason) {
                streams.remove(id);
                guarded(() -> session.streamClosed(now, id, reason));
            }
        };
        try {
            streams.put(id, TcpStream.connect(loop, o.remote(), o.tlsHost() == null ? null : tls.get(), o.tlsHost(), resolver, handler));
        } catch (IOException | RuntimeException e) {
            command((s, now) -> s.streamClosed(now, id, e.getMessage() == null ? e.toString() : e.getMessage()));
        }
    }

    // ---------------------------------------------------------------- gathering

    private List<InetAddress> localAddresses() {
        try {
            return network.localAddresses();
        } catch (SocketException e) {
            LOG.warn("cannot list the network interfaces", e);
            return List.of();
        }
    }

    private void openSockets(long now, int transportId) {
        List<UdpSocket> opened = new ArrayList<>();
        sockets.put(transportId, opened);
        int preference = MAX_PREFERENCE;
        if (shared != null) {
            shared.join(this, transportId, session.localUsernameFragment(transportId));
            for (InetSocketAddress a : shared.addresses()) {
                session.addSharedAddress(now, transportId, a, network.advertised(a), preference--);
            }
            if (iceServers.stream().noneMatch(s -> s.url().isTurn())) {
                session.localAddressesComplete(now, transportId);
                return;
            }
            // TURN servers are asked from sockets of our own: on a shared one their answers could not be told apart.
        }
        for (InetAddress a : localAddresses()) {
            openSocket(now, transportId, a, preference--);
        }
        if (network.continualGathering() && shared == null && !watching) {
            watching = true;
            loop.schedule(watch, now + WATCH_NANOS);
        }
        addServers(now, transportId);
    }

    private void openSocket(long now, int transportId, InetAddress a, int preference) {
        try {
            UdpSocket s = bind(a, (at, socket, from, data, offset, length) -> receive(at, transportId, socket.local(), from, data, offset, length));
            sockets.get(transportId).add(s);
            byAddress.put(s.local(), s);
            if (shared != null) {
                session.addRelayBase(transportId, s.local());
            } else {
                session.addLocalAddress(now, transportId, s.local(), network.advertised(s.local()), preference);
            }
        } catch (IOException e) {
            LOG.debug("cannot bind to {}", a, e);
        }
    }

    /** Looks at the machine's addresses again: what has come is a candidate, what has gone is none any more. Listing them takes a while, so not on the loop. */
    private final EventLoop.Timed watch = new EventLoop.Timed() {
        @Override
        protected void onDeadline(long nowNanos) {
            if (closed) {
                return;
            }
            resolver.execute(() -> {
                List<InetAddress> present = localAddresses();
                command((s, now) -> {
                    follow(now, present);
                    loop.schedule(this, now + WATCH_NANOS);
                });
            });
        }
    };

    private void follow(long now, List<InetAddress> present) {
        for (Map.Entry<Integer, List<UdpSocket>> e : sockets.entrySet()) {
            for (UdpSocket s : List.copyOf(e.getValue())) {
                if (!present.contains(s.local().getAddress())) {
                    e.getValue().remove(s);
                    close(s);
                    session.removeLocalAddress(now, e.getKey(), s.local());
                }
            }
            for (InetAddress a : present) {
                if (e.getValue().stream().noneMatch(s -> s.local().getAddress().equals(a))) {
                    openSocket(now, e.getKey(), a, MAX_PREFERENCE - e.getValue().size());
                }
            }
        }
    }

    /** Binds to a free port, of the range if there is one. */
    private UdpSocket bind(InetAddress address, UdpSocket.Handler handler) throws IOException {
        if (network.maxPort() == 0) {
            return UdpSocket.bind(loop, new InetSocketAddress(address, 0), handler);
        }
        int ports = network.maxPort() - network.minPort() + 1;
        int first = ThreadLocalRandom.current().nextInt(ports);
        IOException last = null;
        for (int i = 0; i < ports; i++) {
            try {
                return UdpSocket.bind(loop, new InetSocketAddress(address, network.minPort() + (first + i) % ports), handler);
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    boolean isOn(EventLoop other) {
        return loop == other;
    }

    /** A datagram for a transport. On the loop. */
    void receive(long now, int transportId, InetSocketAddress local, InetSocketAddress remote, byte[] data, int offset, int length) {
        if (!closed) {
            guarded(() -> session.handleDatagram(now, transportId, local, remote, data, offset, length));
        }
    }

    /** Datagrams that another loop has read. From any thread. */
    void receive(List<SharedPort.Datagram> datagrams) {
        loop.execute(() -> {
            long now = System.nanoTime();
            for (SharedPort.Datagram d : datagrams) {
                receive(now, d.transportId(), d.local(), d.remote(), d.data(), 0, d.data().length);
            }
        });
    }

    /** Servers in parallel; a name that resolves slowly delays nothing but the end of gathering. */
    private void addServers(long now, int transportId) {
        List<IceServer> useful = new ArrayList<>();
        for (IceServer s : iceServers) {
            if (!s.url().isSupported()) {
                session.serverFailed(now, transportId, s.url().url(), 701, "STUN over TLS and TURN over DTLS are not supported: use stun:, turn: or turns: over TCP");
            } else if (network.iceLite()) {
                continue; // RFC 8445 §5.2: a lite agent has host candidates only
            } else if (s.url().isTurn() || !relayOnly && shared == null) {
                useful.add(s);
            }
        }
        if (useful.isEmpty()) {
            session.localAddressesComplete(now, transportId);
            return;
        }
        int[] waiting = {useful.size()};
        for (IceServer configured : useful) {
            IceServerUrl server = configured.url();
            resolver.resolve(server.host(), found -> command((s, later) -> {
                for (InetAddress a : firstOfEachFamily(found)) {
                    if (server.isTurn()) {
                        s.addTurnServer(later, transportId, configured.turn(), new InetSocketAddress(a, server.port()));
                    } else {
                        s.addStunServer(later, transportId, server.url(), new InetSocketAddress(a, server.port()));
                    }
                }
                if (found.isEmpty()) {
                    s.serverFailed(later, transportId, server.url(), 701, "the server's name does not resolve");
                }
                if (--waiting[0] == 0) {
                    s.localAddressesComplete(later, transportId);
                }
            }));
        }
    }

    private static List<InetAddress> firstOfEachFamily(List<InetAddress> all) {
        List<InetAddress> first = new ArrayList<>();
        for (InetAddress a : all) {
            if (first.stream().noneMatch(f -> f.getClass() == a.getClass())) {
                first.add(a);
            }
        }
        return first;
    }

    private void resolveCandidate(SessionEvent.ResolveCandidate r) {
        Candidate c = r.candidate();
        resolver.resolve(c.host(), found -> {
            if (found.isEmpty()) {
                command((s, now) -> s.countDrop("remote candidate whose name does not resolve"));
            }
            for (InetAddress a : firstOfEachFamily(found)) {
                command((s, now) -> s.addRemoteCandidate(now, r.transportId(), c.withHost(Candidate.literal(a))));
            }
        });
    }

    private void closeSockets(int transportId) {
        closeAll(sockets.remove(transportId));
        closeAll(retiring.remove(transportId));
    }

    private void closeAll(List<UdpSocket> list) {
        if (list != null) {
            list.forEach(this::close);
        }
    }

    private void close(UdpSocket s) {
        byAddress.remove(s.local());
        s.close();
    }

    @Override
    protected void onDeadline(long now) {
        if (!closed) {
            guarded(() -> session.handleTimeout(now));
        }
    }

    // ---------------------------------------------------------------- the end

    /** Ends the session, frees sockets and timer, then calls {@code done} on the loop. From any thread; idempotent. */
    public void close(Runnable done) {
        loop.execute(() -> {
            if (!closed && session != null) {
                long now = System.nanoTime();
                try {
                    session.close(now, sink);
                } catch (RuntimeException e) {
                    LOG.error("closing a session failed", e);
                }
                release();
            }
            loop.afterNextSelect(done);
        });
    }

    private void release() {
        if (closed) {
            return;
        }
        closed = true;
        if (shared != null) {
            sockets.keySet().forEach(id -> shared.leave(this, id));
        }
        List.copyOf(sockets.keySet()).forEach(this::closeSockets);
        streams.values().forEach(TcpStream::close);
        streams.clear();
        loop.schedule(this, dev.jvmrtc.core.ProtocolCore.NEVER);
        loop.schedule(watch, dev.jvmrtc.core.ProtocolCore.NEVER);
        loop.retain(-1);
    }

    /** Runs a query on the session and hands its answer over on the loop; null after the end. */
    public <T> void query(java.util.function.Function<PeerSession, T> query, Consumer<T> answer) {
        loop.execute(() -> answer.accept(closed || session == null ? null : query.apply(session)));
    }
}
