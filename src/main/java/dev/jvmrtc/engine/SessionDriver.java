package dev.jvmrtc.engine;

import dev.jvmrtc.core.ConnectionLog;
import dev.jvmrtc.core.DatagramSink;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.ice.Candidate;
import dev.jvmrtc.ice.CandidatePair;
import dev.jvmrtc.ice.CandidateRefusal;
import dev.jvmrtc.net.AcceptedStream;
import dev.jvmrtc.net.EventLoop;
import dev.jvmrtc.net.LocalAddresses;
import dev.jvmrtc.net.MdnsResponder;
import dev.jvmrtc.net.PeerNames;
import dev.jvmrtc.net.Resolver;
import dev.jvmrtc.net.TcpStream;
import dev.jvmrtc.session.PeerSession;
import dev.jvmrtc.session.plan.ConnectivityVerdict;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.wire.LentBytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives a {@link PeerSession} sockets, a loop and a timer. Everything of the session runs on the loop. */
public final class SessionDriver extends EventLoop.Timed {
    private static final Logger LOG = LoggerFactory.getLogger(SessionDriver.class);
    private static final Runnable NOTHING = () -> {};

    /** What the driver tells the connection; called on the loop. */
    public interface Listener {
        /** Takes them over, with what they hold, whatever it throws. */
        void sessionEvents(List<SessionEvent> events);

        /** An exception or error that should not have happened ended the session. Its sockets are closed. */
        void sessionFailed(Throwable cause);
    }

    private final EventLoop loop;
    private final Resolver resolver;
    private final PeerNames peerNames;
    private final PeerNames.Lookups names;
    private final Listener listener;
    private final NetworkSettings network;
    private final ConnectionLog log;
    private final boolean onSharedUdp;
    private final LocalSockets sockets;
    private final AddressWatch watch;
    private final Supplier<SSLContext> tls;
    private final Map<Integer, TcpStream> streams = new HashMap<>();
    /** Direct paths whose links are being asked for, or are to be next. */
    private final Map<Integer, SessionEvent.DirectPathSelected> paths = new HashMap<>();

    private final HandshakePaths handshakes = new HandshakePaths();
    private PeerSession session;
    private List<IceServer> iceServers;
    private boolean relayOnly;
    private boolean closed;
    private boolean dirty;
    private final LongConsumer flush = this::flush;

    /**
     * @param resolver for the names of servers, and other work that takes a while
     * @param peerNames for the names that peers give
     * @param tls for TURN servers that are reached over TLS; asked for when one is
     * @param sharedUdp the UDP port that all connections share, or null where each has sockets of its own
     * @param sharedTcp the same for TCP
     * @param responder answers for the names that hide our addresses
     * @param log of the connection
     */
    public SessionDriver(
            EventLoop loop,
            Resolver resolver,
            PeerNames peerNames,
            Supplier<SSLContext> tls,
            NetworkSettings network,
            SharedUdpPort sharedUdp,
            SharedTcpPort sharedTcp,
            MdnsResponder responder,
            List<IceServer> iceServers,
            boolean relayOnly,
            ConnectionLog log,
            Listener listener) {
        this.network = network;
        this.log = log;
        this.onSharedUdp = sharedUdp != null;
        this.sockets = new LocalSockets(this, loop, network, sharedUdp, sharedTcp, responder);
        this.tls = tls;
        this.loop = loop;
        this.resolver = resolver;
        this.peerNames = peerNames;
        this.names = peerNames.newLookups();
        this.iceServers = iceServers;
        this.relayOnly = relayOnly;
        this.listener = listener;
        this.watch = new AddressWatch(
                loop, resolver, this, this::wantsAddresses, network, this::localAddresses, this::follow);
    }

    /**
     * The session to drive, made by {@code factory} on the loop with the loop's time; {@code poolSize} transports
     * gather ahead.
     */
    public void start(LongFunction<PeerSession> factory, int poolSize) {
        sockets.enter();
        loop.execute(() -> {
            loop.retain(1);
            long now = System.nanoTime();
            guarded(() -> {
                session = factory.apply(now);
                session.transports().setRelayOnly(relayOnly);
                session.transports().setIceLite(network.iceLite());
                session.transports().setRemoteFilter(network.remoteFilter());
                session.transports().setReleaseAfterFailure(network.releaseAfterNanos());
                session.data()
                        .setDataLimits(network.congestionControl(), network.receiveBuffer(), network.maxDataChannels());
                if (poolSize > 0) {
                    session.transports().gatherAhead(now, poolSize);
                }
            });
        });
    }

    public static RandomSource secureRandom() {
        return RandomSource.of(new SecureRandom());
    }

    /** Runs a command on the session; dropped after the end. From any thread. */
    public void command(ObjLongConsumer<PeerSession> command) {
        command(command, NOTHING);
    }

    /** The same; after the end {@code dropped} runs in its place, on the loop too: one of both, once. */
    public void command(ObjLongConsumer<PeerSession> command, Runnable dropped) {
        loop.execute(prepare(command, dropped));
    }

    /** What gives the same command again and again, without anything made anew. */
    public Command prepare(ObjLongConsumer<PeerSession> command, Runnable dropped) {
        return new Command(command, dropped);
    }

    /** A command, which the loop runs as often as it is given. */
    public final class Command implements Runnable {
        private final ObjLongConsumer<PeerSession> command;
        private final Runnable dropped;

        private Command(ObjLongConsumer<PeerSession> command, Runnable dropped) {
            this.command = command;
            this.dropped = dropped;
        }

        /** Runs it on the session, or what is in its place after the end. From any thread. */
        public void give() {
            loop.execute(this);
        }

        /** On the loop. */
        @Override
        public void run() {
            if (closed || session == null) {
                dropped.run();
                return;
            }
            long now = System.nanoTime();
            try {
                command.accept(session, now);
            } catch (Throwable e) {
                fail(e);
                return;
            }
            changed();
        }
    }

    /**
     * Servers and policy for transports that are opened from now on; those that gather ahead begin anew where anything
     * has changed.
     */
    public void configure(List<IceServer> servers, boolean onlyRelays, boolean changed, int poolSize) {
        command((session, now) -> {
            iceServers = servers;
            relayOnly = onlyRelays;
            session.transports().setRelayOnly(onlyRelays);
            if (changed) {
                session.transports().gatherAhead(now, poolSize);
            }
        });
    }

    /**
     * Changes the session now and drains it at the end of the loop's turn, once for all changes of the turn. A bug of
     * ours costs this connection only, and so does an Error: a class that is missing, a stack or a heap that is full.
     */
    private void guarded(Runnable mutation) {
        try {
            mutation.run();
        } catch (Throwable e) {
            fail(e);
            return;
        }
        changed();
    }

    private void changed() {
        if (!dirty) {
            loop.atEndOfTurn(flush);
            dirty = true; // last: where there is no memory for that, the next change tries again
        }
    }

    private void flush(long now) {
        dirty = false;
        if (closed) {
            return;
        }
        try {
            afterChange(now);
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void fail(Throwable e) {
        try {
            release();
        } finally {
            listener.sessionFailed(e);
        }
        LOG.error("{}: the session failed and is closed", log, e);
    }

    /**
     * Sends and tells what there is; again where the driver has done something to the session meanwhile. What listeners
     * do comes as a command, at its own time.
     */
    private void afterChange(long now) {
        boolean settled = false;
        while (!closed && !settled) {
            session.drain(now, sink);
            settled = true;
            List<SessionEvent> batch = null;
            SessionEvent polled = null;
            try {
                for (polled = session.pollEvent(); polled != null; polled = session.pollEvent()) {
                    noteHandshake(polled);
                    tell(polled);
                    if (handle(now, polled)) {
                        settled = false;
                    } else {
                        batch = batch == null ? new ArrayList<>(4) : batch; // mostly one or two
                        batch.add(polled);
                    }
                }
            } catch (Throwable e) {
                if (batch != null) {
                    batch.forEach(SessionEvent::release);
                }
                if (polled != null && (batch == null || batch.get(batch.size() - 1) != polled)) {
                    polled.release();
                }
                throw e;
            }
            if (batch != null) {
                listener.sessionEvents(batch);
            }
        }
        if (!closed) {
            watch.update(now);
            loop.schedule(this, session.nextTimeoutNanos());
        }
    }

    private void tell(SessionEvent e) {
        String line = log.isOn() ? SessionLines.of(e) : null;
        if (line != null) {
            log.line(line);
        }
    }

    /** A lite agent's handshake proves to the shared port whose the peer's address is. */
    private void noteHandshake(SessionEvent e) {
        CandidatePair pair =
                onSharedUdp && network.iceLite() ? handshakes.proven(e, session.transports()::selectedPair) : null;
        if (pair != null && !pair.isTcp()) {
            sockets.proved(((SessionEvent.DtlsStateChanged) e).transportId(), pair.base(), pair.remoteAddress());
        }
    }

    /** Events that are the driver's business; false for those of the connection. */
    private boolean handle(long now, SessionEvent e) {
        if (e instanceof SessionEvent.TransportOpened t) {
            openSockets(now, t.transportId());
            return true;
        }
        if (e instanceof SessionEvent.TransportAdopted t) {
            sockets.adopted(session, t.transportId());
            return true;
        }
        if (e instanceof SessionEvent.TransportRestarted t) {
            sockets.retire(t.transportId(), t.keep());
            openSockets(now, t.transportId());
            return true;
        }
        if (e instanceof SessionEvent.OldSocketsUnused t) {
            sockets.closeRetired(session, t.transportId());
            return true;
        }
        if (e instanceof SessionEvent.SocketsUnused t) {
            sockets.close(t.transportId());
            return true;
        }
        if (e instanceof SessionEvent.TransportClosed t) {
            sockets.close(t.transportId());
            return true;
        }
        if (e instanceof SessionEvent.DirectPathSelected p) {
            if (paths.put(p.transportId(), p) == null) {
                askForLink(p);
            }
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

    /**
     * Asking for interfaces takes a while, and a peer can change its path with every packet: one question of a
     * transport at a time, then one after its latest path.
     */
    private void askForLink(SessionEvent.DirectPathSelected p) {
        resolver.execute(() -> {
            LocalAddresses.Link link = null;
            try {
                link = LocalAddresses.linkTowards(
                        p.local().getAddress(), p.remote().getAddress());
            } finally {
                linkFound(p, link);
            }
        });
    }

    /** @param link null where asking failed; the next path is asked for all the same */
    private void linkFound(SessionEvent.DirectPathSelected p, LocalAddresses.Link link) {
        command((s, at) -> {
            if (link != null) {
                s.transports().setLink(p.transportId(), p.local(), p.remote(), link.mtu(), link.insideMachine());
            }
            SessionEvent.DirectPathSelected latest = paths.get(p.transportId());
            if (latest != p) {
                askForLink(latest);
            } else {
                paths.remove(p.transportId());
            }
        });
    }

    /** Where the session's packets go. */
    private final DatagramSink sink = new DatagramSink() {
        @Override
        public void send(InetSocketAddress local, InetSocketAddress remote, byte[] data, int offset, int length) {
            sockets.send(local, remote, data, offset, length);
        }

        @Override
        public void sendToStream(int streamId, byte[] data, int offset, int length) {
            TcpStream s = streams.get(streamId);
            if (s == null || !s.send(data, offset, length)) {
                session.countDrop("packet for a TCP stream that is not read at the other end, or not connected");
            }
        }
    };

    private final class StreamHandler implements TcpStream.Handler {
        private final int id;

        StreamHandler(int id) {
            this.id = id;
        }

        @Override
        public void opened(long now) {
            guarded(() -> session.transports().streamOpened(now, id));
        }

        @Override
        public void received(long now, LentBytes bytes) {
            guarded(() -> session.transports().streamReceived(now, id, bytes));
        }

        @Override
        public void closed(long now, String reason) {
            streams.remove(id);
            guarded(() -> session.transports().streamClosed(now, id, reason));
        }
    }

    private void openStream(SessionEvent.OpenStream o) {
        int id = o.streamId();
        try {
            streams.put(
                    id,
                    TcpStream.connect(
                            loop,
                            o.local(),
                            o.remote(),
                            o.tlsHost() == null ? null : tls.get(),
                            o.tlsHost(),
                            resolver,
                            new StreamHandler(id)));
        } catch (IOException | RuntimeException e) {
            command((s, now) ->
                    s.transports().streamClosed(now, id, e.getMessage() == null ? e.toString() : e.getMessage()));
        }
    }

    /** A stream that somebody has opened to a listener of ours, and what has been read of it already. On the loop. */
    void accept(int transportId, AcceptedStream accepted, byte[] read) {
        if (closed) {
            accepted.close();
            return;
        }
        long now = System.nanoTime();
        guarded(() -> {
            int id = 0;
            try {
                id = session.transports().streamAccepted(now, transportId, accepted.listener(), accepted.remote());
                if (id != 0) {
                    streams.put(id, TcpStream.accepted(loop, accepted, new StreamHandler(id)));
                    session.transports().streamReceived(now, id, LentBytes.of(read));
                    return;
                }
            } catch (IOException e) {
                session.transports().streamClosed(now, id, e.getMessage());
            }
            accepted.close();
        });
    }

    /** The same, from any thread. */
    void adopt(int transportId, AcceptedStream accepted, byte[] read) {
        loop.execute(() -> accept(transportId, accepted, read));
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
        sockets.open(now, session, transportId, localAddresses(), usesTurn());
        addServers(now, transportId, false);
    }

    /**
     * Whether addresses of ours that come now may be of use: to follow them, or since there is no path and another
     * address may find one.
     */
    private boolean wantsAddresses() {
        return !closed
                && !sockets.isEmpty()
                && (network.continualGathering() || session.transports().seeksPath());
    }

    /** What has come is a candidate, what has gone is none any more. */
    private void follow(List<InetAddress> present, long now) {
        for (int transportId : sockets.follow(now, session, present, usesTurn())) {
            addServers(now, transportId, true);
        }
    }

    private boolean usesTurn() {
        return iceServers.stream().anyMatch(s -> s.url().isTurn());
    }

    boolean isOn(EventLoop other) {
        return loop == other;
    }

    EventLoop loop() {
        return loop;
    }

    /** A datagram for a transport. On the loop. */
    void receive(long now, int transportId, InetSocketAddress local, InetSocketAddress remote, LentBytes data) {
        if (!closed) {
            guarded(() -> session.handleDatagram(now, transportId, local, remote, data));
        }
    }

    /**
     * From the shared port. An {@code answer} to a check of the transport proves to the port whose the address is,
     * where the session finds that the peer has given it.
     */
    void receive(
            long now,
            int transportId,
            InetSocketAddress local,
            InetSocketAddress remote,
            LentBytes data,
            boolean answer) {
        receive(now, transportId, local, remote, data);
        if (answer && !closed && session.transports().wasAuthentic(transportId)) {
            sockets.proved(transportId, local, remote);
        }
    }

    /** Datagrams that another loop has read. From any thread. */
    void receive(List<SharedUdpPort.Datagram> datagrams) {
        loop.execute(() -> {
            long now = System.nanoTime();
            datagrams.forEach(d -> d.counted().taken(d.data().readableBytes()));
            try {
                for (SharedUdpPort.Datagram d : datagrams) {
                    receive(now, d.transportId(), d.local(), d.remote(), LentBytes.of(d.data()), d.answer());
                }
            } finally {
                datagrams.forEach(d -> d.data().release());
            }
        });
    }

    /**
     * Servers in parallel; a name that resolves slowly delays nothing but the end of gathering.
     *
     * @param again whether addresses have come later: then those servers are asked that have not been found, or have
     *     given nothing so far
     */
    private void addServers(long now, int transportId, boolean again) {
        List<IceServer> useful = new ArrayList<>();
        for (IceServer s : iceServers) {
            if (again
                    && !(s.url().isSupported()
                            && session.transports()
                                    .lacksServer(transportId, s.url().url()))) {
                continue;
            }
            if (!s.url().isSupported()) {
                session.transports()
                        .serverFailed(
                                now,
                                transportId,
                                s.url().url(),
                                701,
                                "STUN over TLS and TURN over DTLS are not supported: use stun:, turn: or turns: over TCP");
            } else if (network.iceLite()) {
                continue; // RFC 8445 §5.2: a lite agent has host candidates only
            } else if (s.url().isTurn() || !relayOnly && network.udp()) {
                useful.add(s);
            }
        }
        if (useful.isEmpty() && !again) {
            session.transports().localAddressesComplete(now, transportId);
            return;
        }
        int[] waiting = {useful.size()};
        for (IceServer configured : useful) {
            IceServerUrl server = configured.url();
            resolver.resolve(
                    server.host(),
                    found -> command((s, later) -> {
                        boolean lacking = !again || s.transports().lacksServer(transportId, server.url());
                        for (InetAddress a : lacking ? firstOfEachFamily(found) : List.<InetAddress>of()) {
                            if (server.isTurn()) {
                                s.transports()
                                        .addTurnServer(
                                                later,
                                                transportId,
                                                configured.turn(),
                                                new InetSocketAddress(a, server.port()));
                            } else {
                                s.transports()
                                        .addStunServer(
                                                later,
                                                transportId,
                                                server.url(),
                                                new InetSocketAddress(a, server.port()));
                            }
                        }
                        if (lacking && found.isEmpty()) {
                            s.transports()
                                    .serverFailed(
                                            later,
                                            transportId,
                                            server.url(),
                                            701,
                                            "the server's name does not resolve");
                        }
                        if (--waiting[0] == 0 && !again) {
                            s.transports().localAddressesComplete(later, transportId);
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
        if (!peerNames.takes(c.host())) {
            session.countDrop(CandidateRefusal.NOT_LOCAL_NAME.reason());
            return;
        }
        boolean taken = names.resolve(c.host(), found -> {
            if (found.isEmpty()) {
                command((s, now) -> s.countDrop(ConnectivityVerdict.NAME_NOT_RESOLVED));
            }
            for (InetAddress a : firstOfEachFamily(found)) {
                command((s, now) ->
                        s.transports().addRemoteCandidate(now, r.transportId(), c.withHost(Candidate.literal(a))));
            }
        });
        if (!taken) {
            session.countDrop(CandidateRefusal.TOO_MANY_NAMES.reason());
        }
    }

    @Override
    protected void onDeadline(long now) {
        if (closed) {
            return;
        }
        try {
            session.handleTimeout(now);
        } catch (Throwable e) {
            fail(e);
            return;
        }
        changed();
    }

    // ---------------------------------------------------------------- the end

    /** Ends the session, frees sockets and timer, then calls {@code done} on the loop. From any thread; idempotent. */
    public void close(Runnable done) {
        loop.execute(() -> {
            if (!closed && session != null) {
                long now = System.nanoTime();
                try {
                    session.close(now, sink);
                } catch (Throwable e) {
                    LOG.error("{}: closing the session failed", log, e);
                }
                try {
                    release();
                } catch (Throwable e) {
                    LOG.error("{}: releasing what the session had failed", log, e);
                }
            }
            loop.afterNextSelect(done);
        });
    }

    private void release() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (session != null) {
                session.abandon(e -> LOG.error("{}: ending a handshake failed", log, e));
            }
            names.cancel();
            sockets.close();
            streams.values().forEach(TcpStream::close);
            streams.clear();
            loop.cancel(this);
            loop.cancel(watch);
        } finally {
            sockets.exit();
            loop.retain(-1);
        }
    }

    /** Runs a query on the session and hands its answer over on the loop; null after the end. */
    public <T> void query(Function<PeerSession, T> query, Consumer<T> answer) {
        loop.execute(() -> {
            T found = null;
            if (!closed && session != null) {
                try {
                    found = query.apply(session);
                } catch (Throwable e) {
                    fail(e);
                }
            }
            answer.accept(found);
        });
    }
}
