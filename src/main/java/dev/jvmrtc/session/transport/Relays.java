package dev.jvmrtc.session.transport;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.DatagramSink;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.ice.IceAgent;
import dev.jvmrtc.ice.Reach;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.TurnServer;
import dev.jvmrtc.turn.TurnClient;
import dev.jvmrtc.turn.TurnEvent;
import dev.jvmrtc.turn.TurnFraming;
import dev.jvmrtc.wire.LentBytes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * The TURN allocations of one transport. To the agent a relayed address is one more base; here what is sent from it
 * goes to its server, and what comes from the server goes up as if it had come in on it. Servers are asked in parallel,
 * each on its own clock.
 */
public final class Relays {
    /** Allocations of one transport: servers times addresses of ours. */
    static final int MAX_RELAYS = 32;
    /** Addresses of ours that ask one server: more would only find the same server by more ways. */
    private static final int MAX_BASES = 4;
    /** Servers that may follow one another by ALTERNATE-SERVER. */
    private static final int MAX_REDIRECTS = 3;

    private static final int MAX_WAITING = 64;

    /** Takes what servers failed with. */
    interface ServerErrors {
        void failed(long now, String url, InetSocketAddress base, int code, String text);
    }

    private record Base(InetSocketAddress address, int localPreference) {}

    private record Path(InetSocketAddress base, InetSocketAddress server) {}

    private final class Relay {
        final TurnServer server;
        final InetSocketAddress address;
        final InetSocketAddress base;
        final int streamId;
        final int redirects;
        final TurnClient client;
        final TurnFraming framing = new TurnFraming();
        final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
        boolean streamOpen;
        boolean gathering = true;

        Relay(TurnServer server, InetSocketAddress address, InetSocketAddress base, int streamId, int redirects) {
            this.server = server;
            this.address = address;
            this.base = base;
            this.streamId = streamId;
            this.redirects = redirects;
            this.client = new TurnClient(server.username(), server.password(), streamId >= 0, random);
        }

        /** To the server: at once while there is a sink, else with the next drain. */
        void toServer(byte[] data, int offset, int length) {
            if (sink != null && (streamId < 0 || streamOpen)) {
                if (streamId < 0) {
                    sink.send(base, address, data, offset, length);
                } else {
                    sink.sendToStream(streamId, data, offset, length);
                }
            } else if (waiting.size() < MAX_WAITING) {
                waiting.add(Arrays.copyOfRange(data, offset, offset + length));
            } else {
                drops.count("TURN: packet while the way to the server is not open");
            }
        }
    }

    private final int transportId;
    private final IceAgent ice;
    private final RandomSource random;
    private final IntSupplier streamIds;
    private final boolean relayOnly;
    private final Queue<SessionEvent> events;
    private final Counters drops;
    private final TurnClient.PeerSink upper;
    /** Around each message of a stream. */
    private final Consumer<Runnable> boundary;

    private final ServerErrors errors;
    private final List<Base> bases = new ArrayList<>();
    private final List<Relay> relays = new ArrayList<>();
    /** Of the generation before an ICE restart. */
    private final List<Relay> retiring = new ArrayList<>();

    private final Map<Path, Relay> byPath = new HashMap<>();
    private final Map<Integer, Relay> byStream = new HashMap<>();
    private final Map<InetSocketAddress, Relay> byRelayed = new HashMap<>();
    private DatagramSink sink;
    private boolean retiredUnused;

    Relays(
            int transportId,
            IceAgent ice,
            RandomSource random,
            IntSupplier streamIds,
            boolean relayOnly,
            Queue<SessionEvent> events,
            Counters drops,
            TurnClient.PeerSink upper,
            Consumer<Runnable> boundary,
            ServerErrors errors) {
        this.transportId = transportId;
        this.ice = ice;
        this.random = random;
        this.streamIds = streamIds;
        this.relayOnly = relayOnly;
        this.events = events;
        this.drops = drops;
        this.upper = upper;
        this.boundary = boundary;
        this.errors = errors;
    }

    // ---------------------------------------------------------------- gathering

    /** A socket of ours that servers may be asked from. */
    public void addBase(InetSocketAddress address, int localPreference) {
        bases.add(new Base(address, localPreference));
    }

    /** A socket of ours is gone, and the allocations that were asked for from it. */
    public void removeBase(long now, InetSocketAddress address) {
        bases.removeIf(b -> b.address.equals(address));
        for (Relay r : all()) {
            if (address.equals(r.base)) {
                drop(now, r);
            }
        }
    }

    /** Whether the server is asked for a relay, or has given one. */
    public boolean hasServer(String url) {
        return relays.stream().anyMatch(r -> r.server.url().equals(url));
    }

    /** A server by one of its addresses. Sockets must be there already. */
    public void addServer(long now, TurnServer server, InetSocketAddress address) {
        addServer(now, server, address, 0);
    }

    private void addServer(long now, TurnServer server, InetSocketAddress address, int redirects) {
        if (server.transport() != TurnServer.Transport.UDP) {
            addStreamRelay(server, address, redirects);
            return;
        }
        int used = 0;
        for (Base b : bases) {
            if (used == MAX_BASES || !canReach(b.address.getAddress(), address.getAddress())) {
                continue;
            }
            used++;
            Relay r = new Relay(server, address, b.address, -1, redirects);
            // A server that is configured twice is asked once.
            if (!byPath.containsKey(new Path(b.address, address)) && add(r)) {
                byPath.put(new Path(b.address, address), r);
                r.client.start(now);
            }
        }
        if (used == 0) {
            errors.failed(
                    now,
                    server.url(),
                    null,
                    701,
                    "no address of ours can reach " + address.getAddress().getHostAddress());
        }
    }

    private void addStreamRelay(TurnServer server, InetSocketAddress address, int redirects) {
        Relay r = new Relay(server, address, null, streamIds.getAsInt(), redirects);
        if (add(r)) {
            byStream.put(r.streamId, r);
            events.add(new SessionEvent.OpenStream(
                    transportId,
                    r.streamId,
                    null,
                    address,
                    server.transport() == TurnServer.Transport.TLS ? server.host() : null));
        }
    }

    private boolean add(Relay r) {
        if (relays.size() >= MAX_RELAYS) {
            drops.count("TURN: too many allocations");
            return false;
        }
        relays.add(r);
        ice.gatheringBegan();
        return true;
    }

    private static boolean canReach(InetAddress ours, InetAddress server) {
        return ours.getClass() == server.getClass()
                && !ours.isLinkLocalAddress()
                && ours.isLoopbackAddress() == server.isLoopbackAddress();
    }

    // ---------------------------------------------------------------- data

    /** Opens the sink for the messages of this turn, and sends what has gathered. */
    void beginDrain(long now, DatagramSink datagramSink) {
        sink = datagramSink;
        if (retiredUnused) {
            retiredUnused = false;
            List.copyOf(retiring).forEach(r -> close(now, r));
        }
        if (isEmpty()) {
            return;
        }
        for (Relay r : all()) {
            if (r.streamId >= 0 && !r.streamOpen) {
                continue;
            }
            for (byte[] m = r.waiting.poll(); m != null; m = r.waiting.poll()) {
                r.toServer(m, 0, m.length);
            }
            for (byte[] m = r.client.pollTransmit(); m != null; m = r.client.pollTransmit()) {
                r.toServer(m, 0, m.length);
            }
        }
    }

    void endDrain() {
        if (isEmpty()) {
            return;
        }
        for (Relay r : all()) {
            for (byte[] m = r.client.pollTransmit(); m != null; m = r.client.pollTransmit()) {
                r.toServer(m, 0, m.length); // requests that sending has brought about
            }
        }
        sink = null;
    }

    /** Sends from a relayed address of ours; false where the base is none. */
    boolean send(long now, InetSocketAddress base, InetSocketAddress peer, byte[] data, int offset, int length) {
        Relay r = byRelayed.get(base);
        if (r == null) {
            return false;
        }
        r.client.send(now, peer, data, offset, length, r::toServer);
        return true;
    }

    /** The peer is what data goes to from now on. */
    void bind(long now, InetSocketAddress base, InetSocketAddress peer) {
        Relay r = byRelayed.get(base);
        if (r != null) {
            r.client.bind(now, peer);
        }
    }

    /** Takes a datagram of a server; false where it is not one, or is none of TURN. */
    boolean handleDatagram(long now, InetSocketAddress local, InetSocketAddress remote, LentBytes datagram) {
        if (byPath.isEmpty()) {
            return false;
        }
        Relay r = byPath.get(new Path(local, remote));
        return r != null && r.client.handleMessage(now, datagram, upper, r::toServer);
    }

    // ---------------------------------------------------------------- streams

    boolean hasStream(int streamId) {
        return byStream.containsKey(streamId);
    }

    void streamOpened(long now, int streamId) {
        Relay r = byStream.get(streamId);
        r.streamOpen = true;
        r.client.start(now);
    }

    void streamReceived(long now, int streamId, LentBytes bytes) {
        Relay r = byStream.get(streamId);
        boolean valid = r.framing.handle(
                bytes,
                m -> boundary.accept(() -> {
                    if (!r.client.handleMessage(now, m, upper, r::toServer)) {
                        drops.count("TURN: message that nobody asked for");
                    }
                }));
        if (!valid) {
            r.client.serverLost("the server does not speak TURN");
        }
    }

    void streamClosed(int streamId, String reason) {
        Relay r = byStream.get(streamId);
        r.streamOpen = false;
        r.client.serverLost(reason);
    }

    // ---------------------------------------------------------------- events and time

    /** Takes what the clients report. */
    void pump(long now) {
        for (Relay r : all()) {
            for (TurnEvent e = r.client.pollEvent(); e != null; e = r.client.pollEvent()) {
                if (e instanceof TurnEvent.Allocated a) {
                    allocated(now, r, a);
                } else if (e instanceof TurnEvent.Failed f) {
                    errors.failed(now, r.server.url(), r.base, f.code(), f.reason());
                    drop(now, r);
                } else if (e instanceof TurnEvent.Redirected to) {
                    redirected(now, r, to);
                }
            }
        }
    }

    private void allocated(long now, Relay r, TurnEvent.Allocated a) {
        InetSocketAddress own = a.mapped();
        // An address equal to its base is merely redundant: nobody stands between.
        InetSocketAddress mapped = own == null || own.equals(r.base) || isPlausible(r, own) ? own : null;
        List<InetSocketAddress> relayed =
                a.relayed().stream().filter(x -> isPlausible(r, x)).toList();
        if (relayed.isEmpty()) {
            errors.failed(now, r.server.url(), r.base, 701, "the server gave no address that peers could send to");
            close(now, r);
            return;
        }
        for (InetSocketAddress address : relayed) {
            if (byRelayed.putIfAbsent(address, r) == null && relays.contains(r)) {
                // Audio and video would rather go over UDP than over a stream, all else being equal.
                int preference = 65_535 - 16_384 * r.server.transport().ordinal() - Math.min(1_000, relays.indexOf(r));
                ice.addRelayedAddress(
                        now,
                        address,
                        relayOnly ? null : mapped,
                        preference,
                        r.server.url(),
                        r.server.transport().toString());
            }
        }
        if (!relayOnly && r.base != null && mapped != null) {
            ice.addReflexiveAddress(r.base, mapped, r.address, r.server.url());
        }
        gathered(r);
    }

    /**
     * Whether a server may have given or seen the address: one that others can send to, on loopback only where we or
     * the server are there, and not a socket of ours.
     */
    private boolean isPlausible(Relay r, InetSocketAddress told) {
        boolean here = r.address.getAddress().isLoopbackAddress()
                || bases.stream().anyMatch(b -> b.address.getAddress().isLoopbackAddress());
        boolean plausible = Reach.isUsable(told)
                && (here || !told.getAddress().isLoopbackAddress())
                && bases.stream().noneMatch(b -> b.address.equals(told));
        if (!plausible) {
            drops.count("TURN: address from a server that cannot be ours");
        }
        return plausible;
    }

    private void redirected(long now, Relay r, TurnEvent.Redirected to) {
        TurnServer next = new TurnServer(
                r.server.url(),
                to.domain() == null ? r.server.host() : to.domain(),
                r.server.transport(),
                r.server.username(),
                r.server.password());
        InetAddress ip = to.alternate().getAddress();
        boolean usable = Reach.isUsable(to.alternate())
                && ip.isLoopbackAddress() == r.address.getAddress().isLoopbackAddress();
        if (usable && r.redirects < MAX_REDIRECTS && relays.remove(r)) {
            forget(r);
            addServer(now, next, to.alternate(), r.redirects + 1);
            ice.gatheringEnded();
        } else {
            errors.failed(
                    now,
                    r.server.url(),
                    r.base,
                    300,
                    "the server refers to another one that cannot be used, or again and again");
            drop(now, r);
        }
    }

    private void gathered(Relay r) {
        if (r.gathering) {
            r.gathering = false;
            ice.gatheringEnded();
        }
    }

    /** The relay is of no use any more. */
    private void drop(long now, Relay r) {
        relays.remove(r);
        retiring.remove(r);
        for (InetSocketAddress address : r.client.relayed()) {
            if (byRelayed.remove(address, r)) {
                ice.removeLocalAddress(now, address);
            }
        }
        forget(r);
        gathered(r);
    }

    private void forget(Relay r) {
        if (r.base != null) {
            byPath.remove(new Path(r.base, r.address), r);
        }
        if (byStream.remove(r.streamId, r)) {
            events.add(new SessionEvent.CloseStream(r.streamId));
        }
    }

    void handleTimeout(long now) {
        if (isEmpty()) {
            return;
        }
        for (Relay r : all()) {
            r.client.handleTimeout(now);
        }
    }

    long nextTimeoutNanos() {
        long next = ProtocolCore.NEVER;
        if (isEmpty()) {
            return next; // as most are, for each packet
        }
        for (Relay r : relays) {
            next = ProtocolCore.soonest(next, r.client.nextTimeoutNanos());
        }
        for (Relay r : retiring) {
            next = ProtocolCore.soonest(next, r.client.nextTimeoutNanos());
        }
        return next;
    }

    private boolean isEmpty() {
        return relays.isEmpty() && retiring.isEmpty();
    }

    private List<Relay> all() {
        if (isEmpty()) {
            return List.of();
        }
        List<Relay> all = new ArrayList<>(relays);
        all.addAll(retiring);
        return all;
    }

    public void addDropsTo(Map<String, Long> sum) {
        all().forEach(r -> r.client.drops().snapshot().forEach((k, v) -> sum.merge(k, v, Long::sum)));
    }

    // ---------------------------------------------------------------- the end

    /**
     * ICE restarts: the relays of today go on until {@link #closeRetired}, while new servers are asked. Of older ones
     * only the one in use stays, if any is.
     */
    void retire(long now, InetSocketAddress inUse) {
        for (Relay r : List.copyOf(retiring)) {
            if (inUse == null || !r.client.relayed().contains(inUse)) {
                close(now, r);
            }
        }
        retiring.addAll(relays);
        for (Relay r : relays) {
            r.gathering = false; // the agent counts anew
        }
        relays.clear();
        bases.clear();
    }

    /** The new generation works: the old one is given back with the next drain. */
    void closeRetired() {
        retiredUnused = true;
    }

    private void close(long now, Relay r) {
        r.client.close();
        for (byte[] m = r.client.pollTransmit(); m != null; m = r.client.pollTransmit()) {
            r.toServer(m, 0, m.length);
        }
        drop(now, r);
    }

    /** Gives all allocations back, through the sink if there is one. */
    void close(long now) {
        for (Relay r : all()) {
            close(now, r);
        }
    }
}
