package dev.jvmrtc.ice;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Transmit;
import dev.jvmrtc.ice.CandidatePair.State;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.Predicate;

/**
 * A full ICE agent for one component (RFC 8445) with trickle (RFC 8838), regular nomination and consent freshness (RFC
 * 7675). Learns of addresses from outside; opens no socket and resolves no name.
 */
public final class IceAgent implements ProtocolCore<IceEvent> {

    /** Most remote candidates kept, given and learnt: a peer has a few dozen at the most. */
    public static final int MAX_REMOTE_CANDIDATES = 100;

    /** Whether it answers checks only. */
    private final boolean lite;
    /** What was dropped or ignored, by reason. */
    private final Counters drops = new Counters();
    /** What is to be sent, the oldest first. */
    private final ArrayDeque<Transmit> transmits = new ArrayDeque<>();
    /** What has not been polled. */
    private final ArrayDeque<IceEvent> events = new ArrayDeque<>();

    private final Role role;
    private final Gathering gathering;
    private final RemoteCandidates remoteCandidates = new RemoteCandidates(drops);
    private final TcpStreams streams;
    private final IncomingChecks incoming = new IncomingChecks(drops, transmits);
    private final Connectivity connectivity = new Connectivity(events);
    private final SelectedPath path;
    /** The pairs that are checked. */
    private final CheckList checkList;

    private final ConnectivityChecks checks;
    /** The present one. */
    private Generation generation;
    /** Whether the message that came last, or that is being handled, has proved to be the peer's. */
    private boolean authentic;

    /**
     * @param lite whether to answer checks only (RFC 8445 §2.5): for servers that every peer can reach. Such an agent
     *     is always controlled.
     * @param streamIds numbers above 0 for TCP streams, each once
     */
    public IceAgent(
            IceCredentials local, boolean controlling, boolean lite, RandomSource random, IntSupplier streamIds) {
        this.lite = lite;
        this.generation = new Generation(local, null);
        long tieBreaker = random.nextLong();
        this.role = new Role(controlling, lite, tieBreaker, events, drops);
        this.gathering = new Gathering(random, () -> generation.local().usernameFragment(), events, drops);
        this.streams = new TcpStreams(streamIds, events, drops);
        this.path = new SelectedPath(random, connectivity, events);
        Checker checker =
                new Checker(generation, lite, role, streams, new OutgoingChecks(random, tieBreaker, transmits));
        this.checkList = checker.checkList();
        this.checks = new ConnectivityChecks(
                lite, role, gathering, remoteCandidates, streams, checker, path, connectivity, drops);
    }

    // ---------------------------------------------------------------- configuration

    public IceCredentials localCredentials() {
        return generation.local();
    }

    /** Other credentials than at the beginning, as long as no peer can know these. */
    public void setLocalCredentials(IceCredentials credentials) {
        if (generation.isPeerKnown()) {
            throw new IllegalStateException("the peer is known: restart");
        }
        setGeneration(new Generation(credentials, null));
    }

    private void setGeneration(Generation changed) {
        generation = changed;
        checks.setGeneration(changed);
    }

    public IceState state() {
        return connectivity.state();
    }

    public boolean isControlling() {
        return role.isControlling();
    }

    public Counters drops() {
        return drops;
    }

    public List<Candidate> localCandidates() {
        return gathering.candidates();
    }

    public List<Candidate> remoteCandidates() {
        return remoteCandidates.all();
    }

    /** The pair that data goes over, or null. */
    public CandidatePair selectedPair() {
        return path.pair();
    }

    /**
     * Whether the sender of a datagram has shown that it knows our credentials, or has answered a check of ours. What
     * else comes from strangers (DTLS, RTP) is not worth any work.
     */
    public boolean isPermitted(InetSocketAddress base, InetSocketAddress from) {
        CandidatePair selected = path.pair();
        if (selected != null
                && selected.stream == 0
                && selected.remoteAddress.equals(from)
                && selected.base.equals(base)) {
            return true;
        }
        return isPermitted(new Route(0, base, from));
    }

    /** The same for a TCP stream. */
    public boolean isPermitted(int streamId) {
        return path.pair() != null && path.stream() == streamId
                || streams.has(streamId) && isPermitted(streams.route(streamId));
    }

    private boolean isPermitted(Route route) {
        CandidatePair p = checkList.find(route);
        return p != null && (p.requestsReceived > 0 || p.state == State.SUCCEEDED) || incoming.isKnown(route);
    }

    public List<CandidatePair.Snapshot> pairs() {
        return checkList.pairs().stream().map(CandidatePair::snapshot).toList();
    }

    /** The role that signalling implies (RFC 8445 §6.1.1); a later role conflict may change it. */
    public void setControlling(boolean controlling) {
        role.set(controlling);
    }

    /**
     * The peer's credentials. Others than before mean that the peer has restarted ICE; ours must have been changed too
     * by {@link #restart}.
     */
    public void setRemoteCredentials(long now, IceCredentials credentials, boolean lite) {
        if (credentials.equals(generation.remote())) {
            return;
        }
        setGeneration(new Generation(generation.local(), credentials));
        if (lite) {
            role.peerIsLite();
        }
        incoming.takeEarly().forEach(c -> checks.requested(now, c));
        checks.schedule(now);
    }

    /**
     * Starts a new generation (RFC 8445 §9): new credentials, all pairs forgotten; new addresses are to be added as at
     * the beginning. Data keeps flowing over the old selected pair until a new one is found, as long as the peer
     * consents, and checks under the old credentials are still answered. The addresses are new because a peer that
     * paired its new candidates with our old ones would otherwise go on checking these under the old credentials.
     */
    public void restart(long now, IceCredentials credentials) {
        path.restart();
        boolean foundNone = path.isOld() && !checks.isPathCurrent();
        incoming.restart(
                generation.local(), foundNone ? path.generation().local() : generation.local(), checkList.pairs());
        generation = new Generation(credentials, null);
        streams.closeRetired(path.stream());
        streams.retire();
        gathering.restart();
        checks.restart(generation);
        remoteCandidates.clear();
        role.restart();
        connectivity.restarted(now);
    }

    /**
     * Which addresses of the peer are wanted: asked about each candidate, and about the source of each check from
     * elsewhere. What it refuses, and where it fails, is counted and ignored. Default all.
     */
    public void setRemoteFilter(Predicate<InetSocketAddress> wanted) {
        remoteCandidates.setFilter(wanted);
    }

    /** From now on the peer is told the name, which others resolve for it, in place of the address. */
    public void hideAddress(InetAddress address, String name) {
        gathering.hide(address, name);
    }

    /** A socket of ours. {@code localPreference} 0 … 65535 orders our addresses. */
    public void addLocalAddress(long now, InetSocketAddress base, int localPreference) {
        addLocalAddress(now, base, base, localPreference);
    }

    /**
     * A socket of ours that peers reach under another address: a cloud translates it one to one. That address alone is
     * told to them.
     */
    public void addLocalAddress(long now, InetSocketAddress base, InetSocketAddress advertised, int localPreference) {
        checks.addBase(now, gathering.addHost(now, base, Candidate.host(advertised, localPreference), localPreference));
    }

    /** An address of ours that TCP streams may be opened from. A lite agent opens none. */
    public void addActiveTcpAddress(long now, InetAddress address, InetAddress advertised, int localPreference) {
        if (!lite) {
            checks.addBase(now, gathering.addActiveTcp(now, address, advertised, localPreference));
        }
    }

    /** A TCP listener of ours; the streams that it accepts go to {@link #streamAccepted}. */
    public void addPassiveTcpAddress(
            long now, InetSocketAddress listener, InetSocketAddress advertised, int localPreference) {
        gathering.addPassiveTcp(now, listener, advertised, localPreference);
    }

    /**
     * An address that a TURN server relays for us: a base of its own (RFC 8445 §5.1.1.2), whose datagrams the caller
     * takes through the server.
     *
     * @param mapped ours as the server sees it, or null where that is to stay hidden
     */
    public void addRelayedAddress(
            long now,
            InetSocketAddress relayed,
            InetSocketAddress mapped,
            int localPreference,
            String url,
            String relayProtocol) {
        checks.addBase(now, gathering.addRelayed(relayed, mapped, localPreference, url, relayProtocol));
    }

    /** A server has told how it sees {@code base}. */
    public void addReflexiveAddress(
            InetSocketAddress base, InetSocketAddress mapped, InetSocketAddress server, String url) {
        gathering.addReflexive(base, mapped, server, url);
    }

    /**
     * A socket of ours, or a relay, is gone: its pairs have failed. Data goes over another valid pair at once, if there
     * is one.
     */
    public void removeLocalAddress(long now, InetSocketAddress base) {
        remove(now, gathering.find(base, false));
    }

    /** No TCP stream can start or end at the address any more. */
    public void removeTcpAddress(long now, InetAddress address) {
        for (LocalBase b : List.copyOf(gathering.bases())) {
            if (b.candidate().isTcp() && b.address().getAddress().equals(address)) {
                remove(now, b);
            }
        }
    }

    private void remove(long now, LocalBase gone) {
        if (gone != null) {
            gathering.remove(gone);
            checks.removeBase(now, gone);
        }
    }

    /**
     * A server is being asked for an address by others: gathering is not complete before as many calls of
     * {@link #gatheringEnded}.
     */
    public void gatheringBegan() {
        gathering.beganElsewhere();
    }

    public void gatheringEnded() {
        gathering.endedElsewhere();
        maybeGatheringComplete();
    }

    /** No more addresses or servers are to be expected. */
    public void localAddressesComplete() {
        gathering.addressesComplete();
        maybeGatheringComplete();
    }

    /** A STUN server, its name already resolved. */
    public void addServer(long now, String url, InetSocketAddress address) {
        gathering.addServer(now, url, address);
    }

    public boolean hasServer(String url) {
        return gathering.hasServer(url);
    }

    /**
     * Whether a path is looked for: there is none, or the one there is does not work or is of the generation before.
     */
    public boolean seeksPath() {
        return !connectivity.isOver()
                && (path.isOld()
                        || !connectivity.isUp() && (generation.isPeerKnown() || !connectivity.is(IceState.NEW)));
    }

    private void maybeGatheringComplete() {
        if (gathering.announceEnd()) {
            checks.maybeCompleted();
        }
    }

    // ---------------------------------------------------------------- TCP streams

    /**
     * Somebody has opened a stream to a listener of ours; returns its number, or 0 where it is to be closed because
     * there are too many.
     */
    public int streamAccepted(long now, InetSocketAddress listener, InetSocketAddress remote) {
        int id = connectivity.is(IceState.CLOSED) || gathering.find(listener, true) == null
                ? 0
                : streams.accept(now, listener, remote);
        if (id == 0) {
            drops.count("TCP stream of a peer, too many");
        }
        return id;
    }

    public boolean hasStream(int streamId) {
        return streams.has(streamId);
    }

    /** A stream that we have asked for is open. */
    public void streamOpened(long now, int streamId) {
        checks.streamOpened(now, streamId);
    }

    /** A stream could not be opened, or has ended. */
    public void streamClosed(long now, int streamId, String why) {
        checks.streamClosed(now, streamId, why);
    }

    /** A STUN message that came over a stream, without its framing. */
    public void handleStream(long now, int streamId, LentBytes message) {
        Route route = streams.route(streamId);
        if (route != null) {
            handleMessage(now, route, message);
        }
    }

    /** The generation before is of no use any more, and neither are its streams. */
    public void closeRetiredStreams() {
        streams.closeRetired(path.stream());
    }

    // ---------------------------------------------------------------- the peer's candidates

    /**
     * A candidate of the peer, its name already resolved. Components other than 1 and unusable addresses are counted
     * and ignored.
     */
    public void addRemoteCandidate(long now, Candidate candidate) {
        if (!remoteCandidates.add(candidate, generation.remote())) {
            return;
        }
        if (candidate.address().getAddress().isLoopbackAddress() && gathering.hasNoLoopback()) {
            drops.count("remote candidate on loopback, where we are not");
        }
        checks.addRemote(now, candidate);
    }

    /** The peer has no more candidates (RFC 8838 §14). */
    public void endOfRemoteCandidates(long now) {
        checks.remoteComplete();
    }

    /** No path is wanted any more, before a restart at least; does nothing where there is none anyway. */
    public void giveUp() {
        if (!connectivity.isOver()) {
            checks.fail();
        }
    }

    public void close() {
        checks.close();
        gathering.stop();
        streams.closeAll();
        path.close();
        connectivity.closed();
    }

    // ---------------------------------------------------------------- input

    /** A STUN datagram that came in on {@code base}. */
    public void handleDatagram(long now, InetSocketAddress base, InetSocketAddress from, LentBytes datagram) {
        handleMessage(now, new Route(0, base, from), datagram);
    }

    /** Whether the message that came last, or that is being handled, has proved to be the peer's. */
    public boolean wasAuthentic() {
        return authentic;
    }

    private void handleMessage(long now, Route route, LentBytes message) {
        authentic = false;
        if (connectivity.is(IceState.CLOSED)) {
            return;
        }
        try {
            StunMessage m = StunMessage.parse(message.array(), message.offset(), message.length());
            if (m.method() != StunMessage.BINDING) {
                drops.count("STUN method not supported");
                return;
            }
            switch (m.messageClass()) {
                case REQUEST -> handleRequest(now, route, m);
                case SUCCESS_RESPONSE, ERROR_RESPONSE -> handleResponse(now, route, m);
                case INDICATION -> {
                    // RFC 8445 §11: a keepalive indication has no further meaning.
                }
            }
        } catch (MalformedException e) {
            drops.count("malformed STUN: " + e.getMessage());
        }
        maybeGatheringComplete();
    }

    private void handleRequest(long now, Route route, StunMessage m) {
        IceCredentials credentials = incoming.authenticate(route, m, generation.local());
        if (credentials == null || checkList.find(route) == null && !remoteCandidates.admits(route)) {
            return;
        }
        authentic = true;
        if (!streams.proven(route.stream())) {
            return;
        }
        if (credentials != generation.local()) {
            incoming.answerOfGenerationBefore(route, m);
            if (lite && path.isOld() && path.isOn(route)) {
                checks.consented(now);
            }
        } else if (agreeOnRole(route, m)) {
            IncomingChecks.Check check = incoming.answer(route, m, generation.local());
            if (generation.isPeerKnown()) {
                checks.requested(now, check);
            } else {
                incoming.keepEarly(check);
            }
        }
    }

    /** Whether the check is to be answered with success: there is no conflict, or there is none any more. */
    private boolean agreeOnRole(Route route, StunMessage m) {
        return switch (role.examine(m)) {
            case NO_CONFLICT -> true;
            case SWITCHED -> {
                checks.roleSwitched();
                yield true;
            }
            case PEER_SWITCHES -> {
                incoming.refuseRole(route, m, generation.local());
                yield false;
            }
            case REFUSED -> false;
        };
    }

    private void handleResponse(long now, Route route, StunMessage m) throws MalformedException {
        if (route.stream() != 0 || !gathering.handleResponse(now, m, route.remote())) {
            authentic = checks.isAuthentic(route, m);
            if (authentic) {
                checks.answered(now, m);
            }
        }
    }

    /** Whether the selected pair is of the present generation. */
    public boolean isSelectedPairCurrent() {
        return path.pair() != null && checks.isPathCurrent();
    }

    // ---------------------------------------------------------------- time

    @Override
    public void handleTimeout(long now) {
        if (connectivity.is(IceState.CLOSED)) {
            return;
        }
        gathering.handleTimeout(now, transmits);
        for (int late = streams.closeUnproven(now); late > 0; late--) {
            drops.count("TCP stream without a check");
        }
        maybeGatheringComplete();
        checks.handleTimeout(now);
        if (connectivity.handleTimeout(now, path.isOld())) {
            checks.fail();
        }
    }

    @Override
    public long nextTimeoutNanos() {
        if (connectivity.is(IceState.CLOSED)) {
            return NEVER;
        }
        long next = ProtocolCore.soonest(gathering.nextTimeoutNanos(), streams.nextTimeoutNanos());
        next = ProtocolCore.soonest(next, checks.nextTimeoutNanos());
        return ProtocolCore.soonest(next, connectivity.nextTimeoutNanos());
    }

    /** The oldest datagram to send, or null. May be non-null after any other call. */
    public Transmit pollTransmit() {
        return transmits.poll();
    }

    @Override
    public IceEvent pollEvent() {
        return events.poll();
    }
}
