package dev.jvmrtc.sim;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.DatagramSink;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.core.WallClock;
import dev.jvmrtc.datachannel.ChannelParameters;
import dev.jvmrtc.datachannel.DataChannelEvent;
import dev.jvmrtc.dtls.DtlsEngine;
import dev.jvmrtc.dtls.DtlsEvent;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.engine.SessionPlans;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.jsep.Codecs;
import dev.jvmrtc.jsep.Credentials;
import dev.jvmrtc.jsep.Description;
import dev.jvmrtc.jsep.JsepException;
import dev.jvmrtc.jsep.JsepTransceiver;
import dev.jvmrtc.jsep.LocalSettings;
import dev.jvmrtc.jsep.Negotiator;
import dev.jvmrtc.jsep.SdpType;
import dev.jvmrtc.rtp.receive.ReceiveMemory;
import dev.jvmrtc.rtp.receive.ReceivedFrame;
import dev.jvmrtc.sctp.SctpConfig;
import dev.jvmrtc.session.PeerSession;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.TurnServer;
import dev.jvmrtc.wire.LentBytes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One side of a simulated call: a negotiator and a session on a {@link VirtualNetwork}. Signalling is reliable and
 * takes 20 ms.
 */
public final class SimPeer {
    private static final long SIGNALLING_NANOS = 20_000_000L;

    public final String name;
    public final Negotiator negotiator;
    public final PeerSession session;
    public final List<SessionEvent> events = new ArrayList<>();
    public final Map<Integer, List<byte[]>> messages = new HashMap<>();
    public final Map<Integer, String> labels = new HashMap<>();
    public final List<ReceivedFrame> frames = new ArrayList<>();
    /** Ids of media. */
    public final List<Integer> keyFrameRequests = new ArrayList<>();

    private final VirtualNetwork network;
    private String ip;
    /** The addresses of each transport's present generation, UDP and then TCP. */
    private final Map<Integer, List<InetSocketAddress>> addresses = new HashMap<>();

    private final Map<Integer, List<InetSocketAddress>> retired = new HashMap<>();
    private final Map<Integer, InetSocketAddress> listeners = new HashMap<>();
    private final Map<InetSocketAddress, Integer> transportOf = new HashMap<>();
    private final Map<Integer, Integer> transportOfStream = new HashMap<>();
    private final List<Runnable> afterRemote = new ArrayList<>();
    private final List<InetSocketAddress> stun = new ArrayList<>();
    private final List<TurnServer> turn = new ArrayList<>();
    private final List<InetSocketAddress> turnAddresses = new ArrayList<>();
    private final Map<Integer, Consumer<byte[]>> streams = new HashMap<>();
    /** Engines that have not been told of by an event yet, and those in use. */
    private final ArrayDeque<WireTap.Epoch> newEpochs = new ArrayDeque<>();

    private final Map<Integer, WireTap.Epoch> epochs = new HashMap<>();
    private final Map<Integer, SessionEvent.DtlsState> dtlsStates = new HashMap<>();
    private DtlsRole dtlsRole;
    private WireTap tap;
    private SimPeer remote;
    private boolean udp = true;
    private boolean tcp;
    private boolean closed;
    private int nextPort = 5_000;
    /** Steps beyond the bound of an input, the most that there were: see {@link #bounded}. */
    public long mostSteps;
    /** Whether what the other side offers is met with everything in both directions. */
    public boolean answersAll = true;
    /** Told what the session has to tell, after this class has reacted to it. */
    public Consumer<SessionEvent> listener = e -> {};

    public SimPeer(
            String name,
            String ip,
            VirtualNetwork network,
            RandomSource random,
            DtlsIdentity identity,
            DtlsEngine.Factory dtls,
            BundlePolicy bundlePolicy) {
        this.name = name;
        this.ip = ip;
        this.network = network;
        Fingerprint f = Fingerprint.of("sha-256", identity.certificateDer());
        boolean distinct = (random.nextInt() & 1) == 0; // as on a shared port
        this.negotiator = new Negotiator(new LocalSettings(
                bundlePolicy,
                List.of(f.algorithm() + " " + f.value()),
                () -> new Credentials(random.nextIceChars(4), random.nextIceChars(24)),
                () -> random.nextInt() & 0xffffffffL,
                () -> random.nextIceChars(8),
                "cname-" + name,
                Long.toString(random.nextLong() >>> 1),
                1 << 20,
                false,
                distinct,
                Codecs.STANDARD));
        this.session = new PeerSession(
                identity,
                (id, out) -> new Watched(dtls.create(id, out)),
                random,
                new WallClock(1_700_000_000_000L, network.now()),
                "cname-" + name,
                1 << 20);
    }

    /** An engine whose keys the tap is to know of. */
    private final class Watched extends ForwardingDtls {
        private final WireTap.Epoch epoch = new WireTap.Epoch();

        Watched(DtlsEngine engine) {
            super(engine);
            newEpochs.add(epoch);
        }

        @Override
        public DtlsEvent pollEvent() {
            DtlsEvent e = super.pollEvent();
            if (e instanceof DtlsEvent.Connected c) {
                epoch.profile = c.srtpProfile();
            }
            return e;
        }
    }

    /** Tells the tap all that leaves, with the keys that it leaves under. */
    public void setTap(WireTap listening) {
        tap = listening;
    }

    /** Which kinds of host candidates there are; before the first description. */
    public void useTransports(boolean withUdp, boolean withTcp) {
        udp = withUdp;
        tcp = withTcp;
    }

    /** An identity without a key, enough for the stand-in. */
    public static DtlsIdentity fakeIdentity(RandomSource random) {
        byte[] der = new byte[64];
        random.nextBytes(der);
        return new DtlsIdentity(false, null, der, Instant.MAX);
    }

    /** Uses a STUN server. */
    public void useStun(InetSocketAddress server) {
        stun.add(server);
    }

    /** Uses a TURN server, over UDP or TCP. */
    public void useTurn(InetSocketAddress server, TurnServer.Transport transport) {
        turn.add(new TurnServer(
                "turn:" + server + "?transport=" + transport,
                "sim",
                transport,
                TurnServerSim.USER,
                TurnServerSim.PASSWORD));
        turnAddresses.add(server);
    }

    /** Where the session's packets go. */
    private final DatagramSink sink = new DatagramSink() {
        @Override
        public void send(InetSocketAddress local, InetSocketAddress to, byte[] data, int offset, int length) {
            sent(transportOf.get(local), data, offset, length, false);
            network.send(local, to, data, offset, length);
        }

        @Override
        public void sendToStream(int streamId, byte[] data, int offset, int length) {
            sent(transportOfStream.get(streamId), data, offset, length, true);
            Consumer<byte[]> stream = streams.get(streamId);
            if (stream == null) {
                session.countDrop("packet for a TCP stream that is not read at the other end, or not connected");
            } else {
                stream.accept(Arrays.copyOfRange(data, offset, offset + length));
            }
        }
    };

    private void sent(Integer transport, byte[] data, int offset, int length, boolean stream) {
        if (closed) {
            throw new AssertionError(name + " sends after its end");
        }
        drained += length;
        if (tap != null) {
            tap.listen(name, epochs.get(transport), data, offset, length, stream);
        }
    }

    // ---------------------------------------------------------------- what an input may cost

    /** Steps that any input may take, and those that each of its bytes may take. */
    static final long STEPS = 1_000;

    static final long STEPS_PER_BYTE = 4;
    private long drained;

    /** Work for an input of so many bytes is bounded by them, whatever the session holds. Timers have no bytes. */
    private void bounded(int bytes, Runnable input) {
        long before = Steps.taken();
        input.run();
        check("an input", bytes, Steps.taken() - before);
    }

    private void check(String what, int bytes, long steps) {
        mostSteps = Math.max(mostSteps, steps - STEPS_PER_BYTE * bytes);
        if (steps > STEPS + STEPS_PER_BYTE * bytes) {
            throw new AssertionError(name + ": " + steps + " steps for " + what + " of " + bytes + " bytes");
        }
    }

    private void receive(int transport, long now, InetSocketAddress local, InetSocketAddress from, byte[] data) {
        bounded(data.length, () -> session.handleDatagram(now, transport, local, from, LentBytes.of(data)));
        turn();
    }

    /** Lets the time that has come be seen. */
    public void timeout() {
        bounded(0, () -> session.handleTimeout(network.now()));
        turn();
    }

    // ---------------------------------------------------------------- streams

    private void openStream(SessionEvent.OpenStream o) {
        transportOfStream.put(o.streamId(), o.transportId());
        boolean[] ended = {false};
        network.connect(address(ip, 1), o.remote(), data -> fromStream(o.streamId(), data, ended), toServer -> {
            if (!transportOfStream.containsKey(o.streamId())) {
                if (toServer != null) {
                    toServer.accept(null); // given up meanwhile
                }
                return;
            }
            if (toServer == null) {
                transportOfStream.remove(o.streamId());
                session.transports().streamClosed(network.now(), o.streamId(), "nobody listens");
            } else {
                streams.put(o.streamId(), toServer);
                session.transports().streamOpened(network.now(), o.streamId());
            }
            turn();
        });
    }

    private void fromStream(int streamId, byte[] data, boolean[] ended) {
        if (ended[0] || !streams.containsKey(streamId)) {
            return;
        }
        if (data == null) {
            ended[0] = true;
            streams.remove(streamId);
            transportOfStream.remove(streamId);
            session.transports().streamClosed(network.now(), streamId, "the other end has closed");
        } else {
            bounded(
                    data.length,
                    () -> session.transports().streamReceived(network.now(), streamId, LentBytes.of(data)));
        }
        turn();
    }

    private void closeStream(int streamId) {
        transportOfStream.remove(streamId);
        Consumer<byte[]> stream = streams.remove(streamId);
        if (stream != null) {
            stream.accept(null);
        }
    }

    /** Somebody has connected to a listener of ours. */
    private Consumer<byte[]> accept(
            int transport, InetSocketAddress listener, InetSocketAddress client, Consumer<byte[]> toClient) {
        int id = session.transports().streamAccepted(network.now(), transport, listener, client);
        if (id == 0) {
            turn();
            return null;
        }
        streams.put(id, toClient);
        transportOfStream.put(id, transport);
        turn();
        boolean[] ended = {false};
        return data -> fromStream(id, data, ended);
    }

    // ---------------------------------------------------------------- sockets

    private void openSockets(int transport, String at, int preference) {
        if (udp) {
            InetSocketAddress address = address(at, nextPort++);
            addresses.computeIfAbsent(transport, t -> new ArrayList<>()).add(address);
            transportOf.put(address, transport);
            network.attach(address, (now, local, from, data) -> receive(transport, now, local, from, data));
            session.transports().addLocalAddress(network.now(), transport, address, preference);
        }
        if (tcp) {
            InetSocketAddress listener = address(at, nextPort++);
            listeners.put(transport, listener);
            network.listen(listener, (client, toClient) -> accept(transport, listener, client, toClient));
            session.transports()
                    .addActiveTcpAddress(
                            network.now(), transport, listener.getAddress(), listener.getAddress(), preference);
            session.transports().addPassiveTcpAddress(network.now(), transport, listener, listener, preference);
        }
    }

    private void gather(int transport) {
        openSockets(transport, ip, 65_535);
        stun.forEach(s -> session.transports().addStunServer(network.now(), transport, "stun:" + s, s));
        for (int i = 0; i < turn.size(); i++) {
            session.transports().addTurnServer(network.now(), transport, turn.get(i), turnAddresses.get(i));
        }
        session.transports().localAddressesComplete(network.now(), transport);
    }

    private void closeSockets(List<InetSocketAddress> gone) {
        if (gone != null) {
            gone.forEach(network::detach);
        }
    }

    private void closeListener(int transport) {
        InetSocketAddress l = listeners.remove(transport);
        if (l != null) {
            network.unlisten(l);
        }
    }

    private void retire(int transport, InetSocketAddress keep) {
        List<InetSocketAddress> kept = new ArrayList<>();
        List<InetSocketAddress> present = addresses.remove(transport);
        if (present != null) {
            kept.addAll(present);
        }
        for (InetSocketAddress old : retired.getOrDefault(transport, List.of())) {
            if (old.equals(keep)) {
                kept.add(old);
            } else {
                network.detach(old);
            }
        }
        retired.put(transport, kept);
        closeListener(transport);
    }

    /** Ends the session. Nothing of it may be left: neither sockets nor streams nor timers nor words to say. */
    public void close() {
        session.close(network.now(), sink);
        closed = true;
        for (SessionEvent e = session.pollEvent(); e != null; e = session.pollEvent()) {
            events.add(e);
            handle(e);
            listener.accept(e);
        }
        List.copyOf(streams.keySet()).forEach(this::closeStream);
        transportOfStream.clear();
    }

    /** Goes away without a word, as a machine that loses its current. */
    public void vanish() {
        closed = true;
        List.copyOf(addresses.keySet()).forEach(t -> closeSockets(addresses.remove(t)));
        List.copyOf(retired.keySet()).forEach(t -> closeSockets(retired.remove(t)));
        List.copyOf(listeners.keySet()).forEach(this::closeListener);
        streams.clear();
        remote = null;
    }

    /** After {@link #close}: what is still there, in words; empty where all is well. */
    public String leftovers() {
        StringBuilder left = new StringBuilder();
        if (session.nextTimeoutNanos() != ProtocolCore.NEVER) {
            left.append("a timer; ");
        }
        session.drain(network.now(), sink);
        session.handleTimeout(network.now());
        if (!addresses.isEmpty() || !retired.isEmpty() || !listeners.isEmpty()) {
            left.append("sockets ")
                    .append(addresses)
                    .append(retired)
                    .append(listeners)
                    .append("; ");
        }
        if (session.held().packets() != 0) {
            left.append(session.held().packets()).append(" packets to send; ");
        }
        for (SessionEvent e = session.pollEvent(); e != null; e = session.pollEvent()) {
            left.append("event ").append(e).append("; ");
        }
        return left.toString();
    }

    /** Moves to another address: the old one is gone. */
    public void moveTo(String newIp) {
        for (Integer transport : List.copyOf(addresses.keySet())) {
            List<InetSocketAddress> old = addresses.remove(transport);
            old.forEach(network::detach);
            closeListener(transport);
            openSockets(transport, newIp, 65_000);
            old.forEach(o -> session.transports().removeLocalAddress(network.now(), transport, o));
        }
        ip = newIp;
        turn();
    }

    public void connectTo(SimPeer other) {
        remote = other;
    }

    public void openChannel(int handle, ChannelParameters parameters, Integer streamId) {
        negotiator.wantData();
        session.data().openChannel(handle, parameters, streamId);
        labels.put(handle, parameters.label());
    }

    /** Makes an offer, and the other side answers it. */
    public void negotiate() {
        String offer = negotiator.createOffer(false);
        apply(true, SdpType.OFFER, offer);
        signal(() -> remote.answer(offer));
    }

    /** Brings something to the other side, in the order of sending. */
    private void signal(Runnable what) {
        SimPeer to = remote;
        network.at(network.now() + SIGNALLING_NANOS, () -> {
            if (remote == to && remote != null && !closed && !remote.closed) {
                what.run();
            }
        });
    }

    /** Makes an offer and changes it before anybody reads it. */
    public void negotiate(java.util.function.UnaryOperator<String> change) {
        String offer = change.apply(negotiator.createOffer(false));
        apply(true, SdpType.OFFER, offer);
        signal(() -> remote.answer(offer));
    }

    public boolean isClosed() {
        return closed;
    }

    /** Transports that there are, and of them those whose handshake is done. */
    public int openTransports() {
        return dtlsStates.size();
    }

    public int connectedTransports() {
        return (int) dtlsStates.values().stream()
                .filter(s -> s == SessionEvent.DtlsState.CONNECTED)
                .count();
    }

    /** Our role in DTLS, on the transport that was connected last. */
    public boolean isDtlsClient() {
        return dtlsRole == DtlsRole.CLIENT;
    }

    /** What is held for the peer, against the limits. */
    public void checkHeld() {
        PeerSession.Held held = session.held();
        if (held.data() > 2 * SctpConfig.DEFAULT_RECEIVE_WINDOW
                || held.dataUntaken() != 0
                || held.media() > ReceiveMemory.MAX_BYTES) {
            throw new AssertionError(name + " holds " + held + ", though all is taken at once");
        }
    }

    /** What was caught at a boundary of trust, and should not have been thrown. */
    public long internalErrors() {
        return session.dropCounts().getOrDefault(Counters.INTERNAL_ERROR, 0L);
    }

    private void answer(String offer) {
        apply(false, SdpType.OFFER, offer);
        for (JsepTransceiver t : negotiator.transceivers()) {
            if (answersAll && t.direction == dev.jvmrtc.jsep.Direction.RECVONLY) {
                t.direction = dev.jvmrtc.jsep.Direction.SENDRECV;
            }
        }
        String answer = negotiator.createAnswer();
        apply(true, SdpType.ANSWER, answer);
        signal(() -> remote.apply(false, SdpType.ANSWER, answer));
    }

    private void apply(boolean local, SdpType type, String sdp) {
        try {
            Description d = negotiator.parse(local, type, sdp);
            if (local) {
                negotiator.applyLocal(d);
            } else {
                negotiator.applyRemote(d);
            }
        } catch (JsepException e) {
            throw new AssertionError(name + ": " + e.getMessage() + "\n" + sdp, e);
        }
        if (local || type != SdpType.OFFER) {
            session.apply(network.now(), SessionPlans.of(negotiator.plan()));
            List<Runnable> waiting = List.copyOf(afterRemote);
            if (!local || type != SdpType.OFFER) {
                afterRemote.clear();
                waiting.forEach(Runnable::run);
            }
        }
        turn();
    }

    /** Drains the session and reacts to its events, until nothing is left. */
    public void turn() {
        if (closed) {
            return;
        }
        drain();
        for (SessionEvent e = session.pollEvent(); e != null; e = session.pollEvent()) {
            events.add(e);
            handle(e);
            listener.accept(e);
        }
        drain();
    }

    private void drain() {
        long before = Steps.taken();
        long already = drained;
        session.drain(network.now(), sink);
        check("sending", (int) (drained - already), Steps.taken() - before);
    }

    private void handle(SessionEvent e) {
        if (e instanceof SessionEvent.TransportOpened t) {
            dtlsStates.put(t.transportId(), SessionEvent.DtlsState.NEW);
        } else if (e instanceof SessionEvent.TransportClosed t) {
            dtlsStates.remove(t.transportId());
        } else if (e instanceof SessionEvent.DtlsStateChanged d) {
            dtlsStates.replace(d.transportId(), d.state());
            dtlsRole = d.role();
        }
        if (e instanceof SessionEvent.TransportOpened t) {
            epochs.put(t.transportId(), newEpochs.poll());
            gather(t.transportId());
        } else if (e instanceof SessionEvent.TransportRestarted t) {
            retire(t.transportId(), t.keep());
            gather(t.transportId());
        } else if (e instanceof SessionEvent.OldSocketsUnused t) {
            closeSockets(retired.remove(t.transportId()));
        } else if (e instanceof SessionEvent.DtlsStateChanged d && d.state() == SessionEvent.DtlsState.NEW) {
            epochs.put(d.transportId(), newEpochs.poll());
        } else if (e instanceof SessionEvent.OpenStream o) {
            openStream(o);
        } else if (e instanceof SessionEvent.CloseStream c) {
            closeStream(c.streamId());
        } else if (e instanceof SessionEvent.SocketsUnused t) {
            closeSockets(addresses.remove(t.transportId()));
            closeSockets(retired.remove(t.transportId()));
            closeListener(t.transportId());
        } else if (e instanceof SessionEvent.TransportClosed t) {
            closeSockets(addresses.remove(t.transportId()));
            closeSockets(retired.remove(t.transportId()));
            closeListener(t.transportId());
        } else if (e instanceof SessionEvent.LocalCandidate c) {
            String mid = negotiator.taggedSectionOf(negotiator.local(), c.transportId()) == null
                    ? null
                    : negotiator
                            .taggedSectionOf(negotiator.local(), c.transportId())
                            .mid();
            signal(() -> remote.addCandidate(mid, c));
        } else if (e instanceof SessionEvent.DataChannel d) {
            handleData(d.event());
        } else if (e instanceof SessionEvent.FrameReceived f) {
            frames.add(f.frame());
        } else if (e instanceof SessionEvent.KeyFrameRequested k) {
            keyFrameRequests.add(k.mediaId());
        }
    }

    private void handleData(DataChannelEvent e) {
        session.data().messagesConsumed(e.held());
        if (e instanceof DataChannelEvent.Incoming in) {
            labels.put(in.channel(), in.parameters().label());
        } else if (e instanceof DataChannelEvent.Message m) {
            messages.computeIfAbsent(m.channel(), k -> new ArrayList<>()).add(m.data());
        }
    }

    private void addCandidate(String mid, SessionEvent.LocalCandidate c) {
        Runnable add = () -> {
            Integer id = negotiator.transportOf(mid);
            if (id != null) {
                session.transports().addRemoteCandidate(network.now(), id, c.candidate());
            }
        };
        if (negotiator.local() == null
                || negotiator.remote() == null
                || negotiator.state() != dev.jvmrtc.jsep.SignalingState.STABLE) {
            afterRemote.add(add);
        } else {
            add.run();
            turn();
        }
    }

    /** Messages received on the channel of a label. */
    public List<byte[]> messagesOf(String label) {
        List<byte[]> all = new ArrayList<>();
        labels.forEach((handle, l) -> {
            if (l.equals(label)) {
                all.addAll(messages.getOrDefault(handle, List.of()));
            }
        });
        return all;
    }

    public boolean has(Class<?> event) {
        return events.stream().anyMatch(event::isInstance);
    }

    public static InetSocketAddress address(String ip, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(ip), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Runs the network and both peers until the condition holds or the virtual time is over; says which. */
    public static boolean runUntil(
            VirtualNetwork network, List<SimPeer> peers, long maxNanos, java.util.function.BooleanSupplier condition) {
        long end = network.now() + maxNanos;
        int idle = 0;
        while (!condition.getAsBoolean()) {
            long next = network.nextDelivery();
            for (SimPeer p : peers) {
                next = p.closed ? next : Math.min(next, p.session.nextTimeoutNanos());
            }
            if (next > end) {
                return false;
            }
            idle = next <= network.now() ? idle + 1 : 0;
            if (idle > 100_000) {
                StringBuilder who = new StringBuilder();
                peers.forEach(p -> who.append(p.name)
                        .append(' ')
                        .append(p.session.nextTimeoutNanos() - network.now())
                        .append(p.session.snapshot()));
                throw new AssertionError("time stands still at " + network.now() + ": " + who);
            }
            network.advanceTo(next);
            for (SimPeer p : peers) {
                if (!p.closed && p.session.nextTimeoutNanos() <= network.now()) {
                    p.timeout();
                }
            }
        }
        return true;
    }
}
