package dev.jvmrtc.session.transport;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.DatagramSink;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.dtls.DtlsEngine;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.ice.Candidate;
import dev.jvmrtc.ice.CandidatePair;
import dev.jvmrtc.ice.IceCredentials;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.SessionPlan;
import dev.jvmrtc.session.plan.TurnServer;
import dev.jvmrtc.wire.LentBytes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The transports of a session by the ids of its plan, and what their driver has to tell them. What is said of one that
 * is gone is ignored.
 */
public final class Transports {
    /** See {@link #setReleaseAfterFailure}. */
    public static final long DEFAULT_RELEASE_AFTER_NANOS = 30_000_000_000L;

    private final DtlsIdentity identity;
    private final DtlsEngine.Factory dtlsFactory;
    private final RandomSource random;
    private final Transport.Upper upper;
    private final Queue<SessionEvent> events;
    private final Counters drops;
    private final Map<Integer, Transport> transports = new LinkedHashMap<>();
    /** The same, unchanging: transports come and go while it is gone through. */
    private List<Transport> all = List.of();

    private boolean ended;
    private int nextStreamId;
    private boolean relayOnly;
    private boolean lite;
    private long releaseAfterNanos = DEFAULT_RELEASE_AFTER_NANOS;
    private Predicate<InetSocketAddress> remoteFilter = a -> true;

    public Transports(
            DtlsIdentity identity,
            DtlsEngine.Factory dtlsFactory,
            RandomSource random,
            Transport.Upper upper,
            Queue<SessionEvent> events,
            Counters drops) {
        this.identity = identity;
        this.dtlsFactory = dtlsFactory;
        this.random = random;
        this.upper = upper;
        this.events = events;
        this.drops = drops;
    }

    /** The transport of an id; null where there is none, or no more. */
    public Transport get(int id) {
        return transports.get(id);
    }

    /** All of them, as they are now. */
    public List<Transport> all() {
        return all;
    }

    // ---------------------------------------------------------------- the plan

    /** Opens and changes transports as planned. */
    public void apply(long now, List<SessionPlan.Transport> planned) {
        for (SessionPlan.Transport t : planned) {
            Transport transport = transports.get(t.id());
            if (transport == null) {
                transport = open(t, false);
            } else if (transport.isPooled()) {
                transport.adopt(now, t);
            }
            transport.apply(now, t);
        }
    }

    /**
     * Closes those that are not planned; media and data have left them. Those that gather ahead wait for the first plan
     * that has transports.
     */
    public void closeOthers(long now, List<SessionPlan.Transport> planned) {
        all().forEach(t -> t.requireSrtp(now));
        for (Transport t : all()) {
            boolean waiting = t.isPooled() && planned.isEmpty();
            if (!waiting && planned.stream().noneMatch(p -> p.id() == t.id)) {
                close(now, t.id, null);
            }
        }
    }

    private Transport open(SessionPlan.Transport t, boolean pooled) {
        Transport transport = new Transport(
                t,
                identity,
                dtlsFactory,
                random,
                () -> ++nextStreamId,
                relayOnly,
                lite,
                pooled,
                new LettingGo(releaseAfterNanos),
                upper,
                events,
                drops);
        transport.ice.setRemoteFilter(remoteFilter);
        transports.put(t.id(), transport);
        all = List.copyOf(transports.values());
        upper.opened(transport);
        return transport;
    }

    /** The session is over: no transport is opened any more. */
    public void end() {
        ended = true;
    }

    /** @param sink null where nothing is to leave any more */
    public void close(long now, int id, DatagramSink sink) {
        Transport t = transports.get(id);
        t.close(now, sink);
        transports.remove(id); // where that throws, it is left for abandon()
        all = List.copyOf(transports.values());
        upper.closed(t);
    }

    /**
     * Transports of a plan to come, which gather ahead (RTCConfiguration.iceCandidatePoolSize): those that have the ids
     * 1 … {@code size}. What was gathered for such ones before is given up. Nothing happens once a plan has brought
     * transports.
     */
    public void gatherAhead(long now, int size) {
        if (ended || transports.values().stream().anyMatch(t -> !t.isPooled())) {
            return;
        }
        for (Integer id : List.copyOf(transports.keySet())) {
            close(now, id, null);
        }
        for (int id = 1; id <= size; id++) {
            IceCredentials unknown =
                    IceCredentials.random(random); // those that count come with the plan; until then nobody knows these
            open(new SessionPlan.Transport(id, List.of(), unknown, null, false, false, null, List.of(), null), true);
        }
    }

    // ---------------------------------------------------------------- what their driver tells them

    /** Changes a transport, if it is still there, and passes on what that leads to. */
    private void change(long now, int transportId, Consumer<Transport> change) {
        Transport t = transports.get(transportId);
        if (t != null) {
            change.accept(t);
            t.afterChange(now);
        }
    }

    /** A socket was bound for a transport; {@code localPreference} 0 … 65535, the larger the better. */
    public void addLocalAddress(long now, int transportId, InetSocketAddress address, int localPreference) {
        addLocalAddress(now, transportId, address, address, localPreference);
    }

    /** As above, where peers reach the socket under {@code advertised}. */
    public void addLocalAddress(
            long now, int transportId, InetSocketAddress address, InetSocketAddress advertised, int localPreference) {
        change(now, transportId, t -> t.addLocalAddress(now, address, advertised, localPreference));
    }

    /** An address of ours that other connections use too: servers cannot be asked from it. */
    public void addSharedAddress(
            long now, int transportId, InetSocketAddress address, InetSocketAddress advertised, int localPreference) {
        Transport t = transports.get(transportId);
        if (t != null && !t.isRelayOnly()) {
            t.ice.addLocalAddress(now, address, advertised, localPreference);
            t.afterChange(now);
        }
    }

    /** A socket that TURN servers may be asked from, and that is no candidate itself. */
    public void addRelayBase(int transportId, InetSocketAddress address) {
        Transport t = transports.get(transportId);
        if (t != null) {
            t.relays.addBase(address, 0);
        }
    }

    /** Whether a transport has no path that it goes by: then addresses of ours that come now may find one. */
    public boolean seeksPath() {
        for (int i = 0; i < all.size(); i++) { // for each packet: no iterator
            Transport t = all.get(i);
            if (!t.isPooled() && !t.isClosed() && t.ice.seeksPath()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a server has given a transport nothing so far, and is not being asked: it is to be added where it can be
     * reached.
     */
    public boolean lacksServer(int transportId, String url) {
        Transport t = transports.get(transportId);
        return t != null && !t.ice.hasServer(url) && !t.relays.hasServer(url);
    }

    /** Whether transports opened from now on use relays only (webrtc-pc RTCIceTransportPolicy). */
    public void setRelayOnly(boolean only) {
        relayOnly = only;
    }

    /** Whether transports opened from now on answer checks only (RFC 8445 §2.5). The descriptions must say so. */
    public void setIceLite(boolean only) {
        lite = only;
    }

    /**
     * Which addresses of the peer are wanted, for transports opened from now on; see
     * {@link dev.jvmrtc.ice.IceAgent#setRemoteFilter}.
     */
    public void setRemoteFilter(Predicate<InetSocketAddress> wanted) {
        remoteFilter = wanted;
    }

    /**
     * How long after its failure a transport opened from now on lets go of its sockets; {@link ProtocolCore#NEVER} for
     * never.
     */
    public void setReleaseAfterFailure(long nanos) {
        releaseAfterNanos = nanos;
    }

    /** Our credentials of a transport's present generation; null where it is gone. */
    public IceCredentials localCredentials(int transportId) {
        Transport t = transports.get(transportId);
        return t == null ? null : t.ice.localCredentials();
    }

    /** Whether the STUN message that a transport has handled last has proved to be the peer's. */
    public boolean wasAuthentic(int transportId) {
        Transport t = transports.get(transportId);
        return t != null && !t.isClosed() && t.ice.wasAuthentic();
    }

    /** The pair that a transport's data goes over; null where there is none. */
    public CandidatePair selectedPair(int transportId) {
        Transport t = transports.get(transportId);
        return t == null ? null : t.ice.selectedPair();
    }

    /** A TURN server by one of its addresses. The sockets that it may be asked from have been added before. */
    public void addTurnServer(long now, int transportId, TurnServer server, InetSocketAddress address) {
        change(now, transportId, t -> t.relays.addServer(now, server, address));
    }

    /** The stream that was asked for is open, over TLS if that was asked for. */
    public void streamOpened(long now, int streamId) {
        Transport t = transportOfStream(streamId);
        if (t != null) {
            t.streamOpened(now, streamId);
        }
    }

    /** Bytes of a stream, cut anyhow. */
    public void streamReceived(long now, int streamId, LentBytes bytes) {
        Transport t = transportOfStream(streamId);
        if (t != null) {
            t.streamReceived(now, streamId, bytes);
        }
    }

    /** The stream could not be opened, or has ended without our asking. */
    public void streamClosed(long now, int streamId, String reason) {
        Transport t = transportOfStream(streamId);
        if (t != null) {
            t.streamClosed(now, streamId, reason);
        }
    }

    private Transport transportOfStream(int streamId) {
        for (Transport t : transports.values()) {
            if (t.hasStream(streamId)) {
                return t;
            }
        }
        return null;
    }

    /** Somebody has opened a stream to a listener of a transport; its number, or 0 where it is to be closed. */
    public int streamAccepted(long now, int transportId, InetSocketAddress listener, InetSocketAddress remote) {
        Transport t = transports.get(transportId);
        return t == null ? 0 : t.streamAccepted(now, listener, remote);
    }

    /** An address that TCP streams may be opened from, and how peers see it. */
    public void addActiveTcpAddress(
            long now, int transportId, InetAddress address, InetAddress advertised, int localPreference) {
        change(now, transportId, t -> t.addActiveTcpAddress(now, address, advertised, localPreference));
    }

    /** A TCP listener, and how peers reach it; see {@link #streamAccepted}. */
    public void addPassiveTcpAddress(
            long now, int transportId, InetSocketAddress listener, InetSocketAddress advertised, int localPreference) {
        change(now, transportId, t -> t.addPassiveTcpAddress(now, listener, advertised, localPreference));
    }

    /** No TCP stream can start or end at the address any more. */
    public void removeTcpAddress(long now, int transportId, InetAddress address) {
        change(now, transportId, t -> t.ice.removeTcpAddress(now, address));
    }

    /** From now on the peer is told the name in place of the address, which somebody answers for. */
    public void hideAddress(int transportId, InetAddress address, String name) {
        Transport t = transports.get(transportId);
        if (t != null) {
            t.ice.hideAddress(address, name);
        }
    }

    /** A socket has gone with its address: the call goes on over another one, if there is one. */
    public void removeLocalAddress(long now, int transportId, InetSocketAddress address) {
        change(now, transportId, t -> {
            t.ice.removeLocalAddress(now, address);
            t.relays.removeBase(now, address);
        });
    }

    public void addStunServer(long now, int transportId, String url, InetSocketAddress address) {
        change(now, transportId, t -> t.ice.addServer(now, url, address));
    }

    /** No more addresses or servers will be added to the transport. */
    public void localAddressesComplete(long now, int transportId) {
        change(now, transportId, t -> t.ice.localAddressesComplete());
    }

    /** A candidate of the peer. Names are handed to the driver to be resolved. */
    public void addRemoteCandidate(long now, int transportId, Candidate candidate) {
        Transport t = transports.get(transportId);
        if (t == null) {
            drops.count("remote candidate for a transport that is gone");
        } else if (candidate.isName()) {
            events.add(new SessionEvent.ResolveCandidate(transportId, candidate));
        } else {
            t.ice.addRemoteCandidate(now, candidate);
            t.afterChange(now);
        }
    }

    public void endOfRemoteCandidates(long now, int transportId) {
        change(now, transportId, t -> t.ice.endOfRemoteCandidates(now));
    }

    /** A server could not be asked at all, for what the driver knows of it. */
    public void serverFailed(long now, int transportId, String url, int code, String text) {
        Transport t = transports.get(transportId);
        if (t != null) {
            t.serverFailed(now, url, null, code, text);
        }
    }

    /**
     * What the link under a direct path takes.
     *
     * @param mtu the link's, in bytes of IP packets
     * @param insideMachine whether the peer is on this machine
     */
    public void setLink(
            int transportId, InetSocketAddress local, InetSocketAddress remote, int mtu, boolean insideMachine) {
        Transport t = transports.get(transportId);
        if (t != null && t.setLink(local, remote, mtu, insideMachine)) {
            upper.pathSelected(t);
        }
    }

    /** What all of them have dropped, by reason. */
    public void addDropsTo(Map<String, Long> all) {
        for (Transport t : transports.values()) {
            t.ice.drops().snapshot().forEach((k, v) -> all.merge(k, v, Long::sum));
            t.relays.addDropsTo(all);
            t.dtlsDrops().forEach((k, v) -> all.merge(k, v, Long::sum));
        }
    }
}
