package dev.jvmrtc.ice;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.core.Transmit;
import dev.jvmrtc.ice.CandidatePair.State;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunClass;
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
    /** Switches of the role that conflicts may bring about in one generation. */
    static final int MAX_ROLE_SWITCHES = 8;
    /**
     * Checks sent from one address to one that has never answered any, the repeated ones counted. Its own checks call
     * for ours (RFC 8445 §7.3.1.4), but where they come from, its sender chooses: who never answers has not asked for
     * them.
     */
    static final int MAX_UNANSWERED_CHECKS = 56;
    /** How long the controlling side waits for a better pair than the first valid one. */
    private static final long NOMINATION_DELAY_NANOS = 200_000_000L;

    private final Counters drops = new Counters();
    private final ArrayDeque<Transmit> transmits = new ArrayDeque<>();
    private final ArrayDeque<IceEvent> events = new ArrayDeque<>();
    private final CheckList checkList = new CheckList();
    private final Gathering gathering;
    private final TcpStreams streams;
    private final ConsentFreshness consent;
    private final Connectivity connectivity = new Connectivity(events);
    private final RemoteCandidates remoteCandidates = new RemoteCandidates(drops);
    private final OutgoingChecks checks;
    private final IncomingChecks incoming = new IncomingChecks(drops, transmits);

    private IceCredentials local;
    private IceCredentials remote;
    private boolean controlling;
    private final boolean lite;
    private final long tieBreaker;
    private boolean remoteIsLite;
    private boolean remoteComplete;
    private boolean authentic;

    private CandidatePair selected;
    /** Whether the selected pair is of a generation before, and which credentials it works with. */
    private boolean selectedIsOld;

    private IceCredentials selectedLocal;
    private IceCredentials selectedRemote;
    /** Nominations that the peer has made, and the one of them that we follow. */
    private long nominations;

    private long followedNomination;
    private long nextCheckNanos = NEVER;
    private long lastCheckNanos = NEVER;
    private int roleSwitches;
    private long nominateAtNanos = NEVER;

    /**
     * @param lite whether to answer checks only (RFC 8445 §2.5): for servers that every peer can reach. Such an agent
     *     is always controlled.
     * @param streamIds numbers above 0 for TCP streams, each once
     */
    public IceAgent(
            IceCredentials local, boolean controlling, boolean lite, RandomSource random, IntSupplier streamIds) {
        this.local = local;
        this.lite = lite;
        this.controlling = controlling && !lite;
        if (controlling && lite) {
            events.add(new IceEvent.RoleChanged(false));
        }
        this.tieBreaker = random.nextLong();
        this.checks = new OutgoingChecks(random, tieBreaker, transmits);
        this.gathering = new Gathering(random, () -> this.local.usernameFragment(), events, drops);
        this.streams = new TcpStreams(streamIds, events, drops);
        this.consent = new ConsentFreshness(random);
    }

    // ---------------------------------------------------------------- configuration

    public IceCredentials localCredentials() {
        return local;
    }

    /** Other credentials than at the beginning, as long as no peer can know these. */
    public void setLocalCredentials(IceCredentials credentials) {
        if (remote != null) {
            throw new IllegalStateException("the peer is known: restart");
        }
        local = credentials;
    }

    public IceState state() {
        return connectivity.state();
    }

    public boolean isControlling() {
        return controlling;
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
        return selected;
    }

    /**
     * Whether the sender of a datagram has shown that it knows our credentials, or has answered a check of ours. What
     * else comes from strangers (DTLS, RTP) is not worth any work.
     */
    public boolean isPermitted(InetSocketAddress base, InetSocketAddress from) {
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
        return selected != null && selected.stream == streamId
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
        this.controlling = controlling && !lite;
    }

    /**
     * The peer's credentials. Others than before mean that the peer has restarted ICE; ours must have been changed too
     * by {@link #restart}.
     */
    public void setRemoteCredentials(long now, IceCredentials credentials, boolean lite) {
        if (credentials.equals(remote)) {
            return;
        }
        remote = credentials;
        remoteIsLite = lite;
        if (lite && !this.lite) {
            // RFC 8445 §6.1.1: "If one agent is full and the other is lite, the full agent MUST take the controlling
            // role".
            if (!controlling) {
                controlling = true;
                events.add(new IceEvent.RoleChanged(true));
            }
        }
        incoming.takeEarly().forEach(c -> triggerCheck(now, c));
        scheduleChecks(now);
    }

    /**
     * Starts a new generation (RFC 8445 §9): new credentials, all pairs forgotten; new addresses are to be added as at
     * the beginning. Data keeps flowing over the old selected pair until a new one is found, as long as the peer
     * consents, and checks under the old credentials are still answered. The addresses are new because a peer that
     * paired its new candidates with our old ones would otherwise go on checking these under the old credentials.
     */
    public void restart(long now, IceCredentials credentials) {
        selectedIsOld = selected != null;
        incoming.restart(local, selectedIsOld && !selectedIsCurrent() ? selectedLocal : local, checkList.pairs());
        local = credentials;
        remote = null;
        streams.closeRetired(selected == null ? 0 : selected.stream);
        streams.retire();
        gathering.restart();
        checkList.clear();
        checks.clear();
        remoteCandidates.clear();
        remoteComplete = false;
        roleSwitches = 0;
        nominateAtNanos = NEVER;
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
        pairWithRemotes(
                now, gathering.addHost(now, base, Candidate.host(advertised, localPreference), localPreference));
    }

    /** An address of ours that TCP streams may be opened from. A lite agent opens none. */
    public void addActiveTcpAddress(long now, InetAddress address, InetAddress advertised, int localPreference) {
        if (!lite) {
            Candidate c = Candidate.tcp(
                    CandidateType.HOST,
                    new InetSocketAddress(advertised, Candidate.ACTIVE_PORT),
                    null,
                    localPreference,
                    "active");
            pairWithRemotes(
                    now,
                    gathering.addHost(now, new InetSocketAddress(address, Candidate.ACTIVE_PORT), c, localPreference));
        }
    }

    /** A TCP listener of ours; the streams that it accepts go to {@link #streamAccepted}. */
    public void addPassiveTcpAddress(
            long now, InetSocketAddress listener, InetSocketAddress advertised, int localPreference) {
        gathering.addHost(
                now,
                listener,
                Candidate.tcp(CandidateType.HOST, advertised, null, localPreference, "passive"),
                localPreference);
    }

    private void pairWithRemotes(long now, LocalBase b) {
        for (Candidate c : remoteCandidates.all()) {
            assert Steps.count();
            checkList.form(b.address(), b.candidate(), c.address(), c, controlling);
        }
        scheduleChecks(now);
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
        pairWithRemotes(now, gathering.addRelayed(relayed, mapped, localPreference, url, relayProtocol));
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
        if (gone == null) {
            return;
        }
        gathering.remove(gone);
        for (CandidatePair p : checkList.pairs()) {
            assert Steps.count();
            if (p.isTcp() == gone.candidate().isTcp() && p.base.equals(gone.address())) {
                p.nominated = false;
                checkFailed(now, p, "our address is gone");
            }
        }
        if (selected != null && selected.isTcp() == gone.candidate().isTcp() && selected.base.equals(gone.address())) {
            leaveSelected(now);
        }
    }

    /** The selected pair is of no use any more: another valid one takes over, if there is one. */
    private void leaveSelected(long now) {
        CandidatePair other = checkList.bestValid(controlling);
        if (other != null) {
            select(now, other);
            if (controlling && !other.nominating) {
                other.nominating = true; // the peer learns by it that we have moved
                sendCheck(now, other);
            }
        } else if (connectivity.isUp()) {
            lose(now);
        }
    }

    private void lose(long now) {
        if (selectedIsOld) {
            connectivity.oldPathLost();
        } else {
            connectivity.lost(now);
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
                && (selectedIsOld || !connectivity.isUp() && (remote != null || !connectivity.is(IceState.NEW)));
    }

    private void maybeGatheringComplete() {
        if (gathering.announceEnd()) {
            maybeCompleted();
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
        Route route = streams.route(streamId);
        CandidatePair pair = route == null ? null : checkList.find(route);
        if (pair == null) {
            streams.close(streamId);
        } else {
            sendCheck(now, pair);
        }
    }

    /**
     * A stream could not be opened, or has ended. Where one that worked breaks, whoever opened it opens another; RFC
     * 6544 leaves that open, and the listener could not.
     */
    public void streamClosed(long now, int streamId, String why) {
        Route route = streams.route(streamId);
        streams.closed(streamId);
        CandidatePair pair = route == null ? null : checkList.find(route);
        if (pair == null) {
            if (selected != null && selected.stream == streamId && streamId != 0) { // of the generation before
                selected.stream = 0;
                leaveSelected(now);
            }
            return;
        }
        boolean worked = pair.state == State.SUCCEEDED;
        boolean wasNominated = pair.nominated;
        pair.nominated = false;
        checkFailed(now, pair, why);
        if (worked && pair.local.isActiveTcp()) {
            pair.state = State.WAITING;
            pair.nominating = wasNominated && controlling;
            checkList.trigger(pair);
            scheduleChecks(now);
        }
        if (pair == selected) {
            leaveSelected(now);
        }
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
        streams.closeRetired(selected == null ? 0 : selected.stream);
    }

    // ---------------------------------------------------------------- the peer's candidates

    /**
     * A candidate of the peer, its name already resolved. Components other than 1 and unusable addresses are counted
     * and ignored.
     */
    public void addRemoteCandidate(long now, Candidate candidate) {
        if (!remoteCandidates.add(candidate, remote)) {
            return;
        }
        InetSocketAddress address = candidate.address();
        if (address.getAddress().isLoopbackAddress() && gathering.hasNoLoopback()) {
            drops.count("remote candidate on loopback, where we are not");
        }
        for (CandidatePair p : checkList.pairs()) {
            assert Steps.count();
            if (p.isTcp() == candidate.isTcp() && p.remoteAddress.equals(address)) {
                p.remote = candidate;
            }
        }
        for (LocalBase b : gathering.bases()) {
            checkList.form(b.address(), b.candidate(), address, candidate, controlling);
        }
        scheduleChecks(now);
    }

    /** The peer has no more candidates (RFC 8838 §14). */
    public void endOfRemoteCandidates(long now) {
        remoteComplete = true;
        maybeCompleted();
    }

    /** No path is wanted any more, before a restart at least; does nothing where there is none anyway. */
    public void giveUp() {
        if (!connectivity.isOver()) {
            fail();
        }
    }

    public void close() {
        checkList.clear();
        checks.clear();
        gathering.stop();
        streams.closeAll();
        consent.stop();
        selected = null;
        nextCheckNanos = NEVER;
        nominateAtNanos = NEVER;
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
        IceCredentials credentials = incoming.authenticate(route, m, local);
        if (credentials == null || checkList.find(route) == null && !remoteCandidates.admits(route)) {
            return;
        }
        authentic = true;
        if (!streams.proven(route.stream())) {
            return;
        }
        if (credentials != local) {
            incoming.answerOfGenerationBefore(route, m);
            if (lite && selectedIsOld && selected != null && selected.isOn(route)) {
                consented(now);
            }
        } else if (resolveRoleConflict(route, m)) {
            IncomingChecks.Check check = incoming.answer(route, m, local);
            if (remote != null) {
                triggerCheck(now, check);
            } else {
                incoming.keepEarly(check);
            }
        }
    }

    /**
     * RFC 8445 §7.3.1.1: on a role conflict the larger tie-breaker is or becomes controlling. Returns false where the
     * peer was told to switch.
     */
    private boolean resolveRoleConflict(Route route, StunMessage m) {
        Long theirs = m.u64(controlling ? StunAttribute.ICE_CONTROLLING : StunAttribute.ICE_CONTROLLED);
        if (theirs == null) {
            return true;
        }
        boolean weAreLarger = Long.compareUnsigned(tieBreaker, theirs) >= 0;
        if (weAreLarger == controlling) {
            incoming.refuseRole(route, m, local);
            return false;
        }
        return switchRole(!controlling);
    }

    /**
     * False, and counted, where the peer has made us switch too often: one conflict is resolved by one switch, and a
     * peer that changes its mind is none to follow.
     */
    private boolean switchRole(boolean nowControlling) {
        if (roleSwitches == MAX_ROLE_SWITCHES) {
            drops.count("role conflict, too many");
            return false;
        }
        roleSwitches++;
        controlling = nowControlling;
        for (CandidatePair p : checkList.pairs()) {
            assert Steps.count();
            p.nominating = false;
        }
        events.add(new IceEvent.RoleChanged(controlling));
        return true;
    }

    /** RFC 8445 §7.3.1.3–5: learn a peer-reflexive candidate, check the pair in return, obey USE-CANDIDATE. */
    private void triggerCheck(long now, IncomingChecks.Check check) {
        Route route = check.route();
        CandidatePair pair = checkList.find(route);
        if (pair == null) {
            LocalBase b = gathering.find(route.base(), route.stream() != 0);
            Candidate known = remoteCandidates.learn(route, check.priority());
            if (known == null) {
                return;
            }
            pair = b == null ? null : checkList.formFor(route, b.candidate(), known, controlling);
            if (pair == null) {
                drops.count("STUN request that forms no pair");
                return;
            }
        }
        pair.requestsReceived++;
        pair.responsesSent++;
        // A check that is sent again, or comes late, must not undo a nomination that was made meanwhile.
        boolean useCandidate = check.nomination() != null && !check.nomination().equals(pair.lastNomination);
        if (useCandidate) {
            pair.lastNomination = check.nomination();
            pair.nominationOrder = ++nominations;
        }
        if (lite) {
            answeredLite(now, pair);
        }
        if (pair.state == State.SUCCEEDED) {
            if (useCandidate && !controlling) {
                nominate(now, pair);
            } else if (!lite && !controlling && pair == selected && pair.requestsReceived == 1) {
                // Our check was answered before the peer had asked anything. Pion nominates when it hears of us on a
                // pair of which it knows that it works, or else
                // with its next tick, 200 ms later: so it is asked once more as soon as it has our answer.
                consent.hurry(now);
            }
            return;
        }
        if (useCandidate && !controlling) {
            pair.nominateOnSuccess = true;
        }
        if (pair.responsesReceived == 0 && pair.requestsSent >= MAX_UNANSWERED_CHECKS) {
            drops.count("check from an address that answers none of ours");
            return;
        }
        if (pair.state == State.FAILED || pair.state == State.WAITING) {
            pair.state = State.WAITING;
            checkList.trigger(pair);
        } else if (!pair.isTcp()) {
            // RFC 8445 §7.3.1.4: "If the state of that pair is In-Progress, the agent cancels the In-Progress
            // transaction … the agent MUST enqueue the pair in
            // the triggered-check queue". Ours may have come before the peer knew of us, and this says that it does
            // now. Over TCP nothing is lost.
            checks.cancel(pair);
            pair.state = State.WAITING;
            checkList.trigger(pair);
        }
        if (connectivity.is(IceState.FAILED)) {
            return;
        }
        scheduleChecks(now);
    }

    /**
     * RFC 8445 §6.1.1: a lite agent takes the peer's check for proof that the pair works, and its going on for consent.
     */
    private void answeredLite(long now, CandidatePair pair) {
        pair.state = State.SUCCEEDED;
        if (connectivity.isOver()) {
            return;
        }
        if (selected == null || !selectedIsCurrent()) {
            select(now, pair);
        } else if (pair == selected) {
            consented(now);
        }
    }

    private void handleResponse(long now, Route route, StunMessage m) throws MalformedException {
        if (route.stream() == 0 && gathering.handleResponse(now, m, route.remote())) {
            return;
        }
        CandidatePair pair = checks.find(m.transactionId());
        if (pair == null) {
            handleConsentResponse(now, route, m);
            return;
        }
        // RFC 8445 §7.2.5.2.1: "the source and destination transport addresses … are not symmetric" fails the check; we
        // drop and wait for the real one.
        if (!pair.isOn(route)) {
            drops.count("STUN response from an address that was not asked");
            return;
        }
        if (!m.hasIntegrity(remote.key())) {
            drops.count("STUN response with wrong integrity");
            return;
        }
        authentic = true;
        checks.answered(pair, m.transactionId());
        if (m.messageClass() == StunClass.SUCCESS_RESPONSE) {
            if (!pair.nominating || pair.transactionNominates) {
                checkList.untrigger(pair);
            }
            checkSucceeded(now, pair, m.mappedAddress());
        } else if (m.errorCode() == 487) {
            if (controlling == pair.transactionControlling) {
                switchRole(!controlling);
            }
            pair.nominating = false;
            pair.state = State.WAITING;
            checkList.trigger(pair);
            scheduleChecks(now);
        } else {
            checkFailed(now, pair, "refused with " + m.errorCode() + " " + m.errorReason());
        }
    }

    private void handleConsentResponse(long now, Route route, StunMessage m) {
        boolean fromSelected = selected != null && selected.isOn(route);
        if (!fromSelected || m.messageClass() != StunClass.SUCCESS_RESPONSE || !m.hasIntegrity(selectedRemote.key())) {
            drops.count("STUN response to nothing we asked");
            return;
        }
        authentic = true;
        long sent = consent.handleResponse(m.transactionId(), now);
        if (sent < 0) {
            drops.count("STUN response to nothing we asked");
            return;
        }
        selected.answered(now - sent, true);
        stillThere();
    }

    /** A lite agent has heard the peer on the selected pair. */
    private void consented(long now) {
        consent.start(now);
        stillThere();
    }

    /** The selected pair works. */
    private void stillThere() {
        if (selectedIsOld) {
            connectivity.oldPathWorks();
        } else if (connectivity.is(IceState.DISCONNECTED)) {
            connectivity.found();
            maybeCompleted();
        }
    }

    // ---------------------------------------------------------------- checks

    private void checkSucceeded(long now, CandidatePair pair, InetSocketAddress mapped) {
        pair.answered(now - pair.firstSentNanos, pair.transmissions == 1);
        pair.state = State.SUCCEEDED;
        learnLocalReflexive(pair, mapped);
        if (pair.transactionNominates && controlling || pair.nominateOnSuccess && !controlling) {
            nominate(now, pair);
            return;
        }
        boolean selectedIsDead = selected != null
                && selected != pair
                && (selected.state == State.FAILED || connectivity.is(IceState.DISCONNECTED));
        if (selectedIsDead) {
            selected.nominated = false; // the path has moved; the peer is told by a nomination
        }
        if (selected == null
                || !selectedIsCurrent()
                || selectedIsDead
                || selected == pair && connectivity.is(IceState.DISCONNECTED)) {
            // Data may flow over any valid pair before nomination (RFC 8445 §12.1).
            select(now, pair);
        }
        if (controlling && !anyNominated()) {
            maybeNominate(now);
        } else if (controlling && pair != selected && selected.nominated) {
            consent.hurry(now); // the peer may have moved: whether it still answers where it was is asked at once
        }
        maybeLeaveRelay(now);
        maybeCompleted();
    }

    /**
     * Where a lost check made a relay be nominated first, the call moves to the direct path as soon as that is found.
     * Deviates from RFC 8445 §8.1.1, which has one nomination in a session: browsers nominate again and again, so peers
     * follow the last; and one that does not goes on hearing us, since both pairs are valid.
     */
    private void maybeLeaveRelay(long now) {
        if (!controlling
                || selected == null
                || !selected.nominated
                || !selected.isRelayed()
                || checkList.pairs().stream().anyMatch(p -> p.nominating)) {
            return;
        }
        for (CandidatePair p : checkList.pairs()) {
            assert Steps.count();
            if (p.state == State.SUCCEEDED && !p.isRelayed() && !p.nominated) {
                p.nominating = true;
                sendCheck(now, p);
                return;
            }
        }
    }

    private void learnLocalReflexive(CandidatePair pair, InetSocketAddress mapped) {
        if (mapped == null
                || mapped.getAddress().getClass() != pair.base.getAddress().getClass()) {
            return;
        }
        // The port of a stream that we opened is none of ours: only the address can tell that somebody translates it.
        boolean asIs = pair.isTcp() ? mapped.getAddress().equals(pair.base.getAddress()) : mapped.equals(pair.base);
        Candidate c = asIs ? null : gathering.reflexiveOf(pair, mapped);
        if (c != null) {
            pair.local = c;
        }
    }

    private boolean selectedIsCurrent() {
        assert Steps.count(checkList.pairs().size());
        return checkList.pairs().contains(selected);
    }

    private boolean anyNominated() {
        assert Steps.count(checkList.pairs().size());
        return checkList.pairs().stream().anyMatch(p -> p.nominated || p.nominating);
    }

    /** Nominates the best valid pair at once if no better one is still being checked, else after a short wait. */
    private void maybeNominate(long now) {
        CandidatePair best = checkList.bestValid(controlling);
        if (best == null || anyNominated()) {
            nominateAtNanos = NEVER;
            return;
        }
        if (nominateAtNanos == NEVER) {
            nominateAtNanos = now + NOMINATION_DELAY_NANOS;
        }
        if (ProtocolCore.due(nominateAtNanos, now) || !checkList.hasUnfinishedBetterThan(best, controlling)) {
            nominateAtNanos = NEVER;
            best.nominating = true;
            sendCheck(now, best);
        }
    }

    private void nominate(long now, CandidatePair pair) {
        pair.nominated = true;
        pair.nominating = false;
        pair.nominateOnSuccess = false;
        // The peer's last nomination counts: an earlier one whose own check still ran must not take the call back.
        if (!controlling && pair.nominationOrder < followedNomination) {
            return;
        }
        followedNomination = pair.nominationOrder;
        select(now, pair);
        gathering.stopKeepalives();
        maybeLeaveRelay(now);
        maybeCompleted();
    }

    /** Whether the selected pair is of the present generation. */
    public boolean isSelectedPairCurrent() {
        return selected != null && selectedIsCurrent();
    }

    private void select(long now, CandidatePair pair) {
        boolean changed = pair != selected;
        boolean lost = selectedIsOld
                ? connectivity.is(IceState.CHECKING)
                : selected != null && (selected.state == State.FAILED || connectivity.is(IceState.DISCONNECTED));
        selected = pair;
        selectedIsOld = false;
        selectedLocal = local;
        selectedRemote = remote;
        consent.start(now);
        if (changed) {
            events.add(new IceEvent.SelectedPairChanged(pair.local, pair.remote, lost));
        }
        connectivity.found();
    }

    private void maybeCompleted() {
        boolean nominated = selected != null && selected.nominated && selectedIsCurrent();
        if (connectivity.is(IceState.CONNECTED)
                && nominated
                && remoteComplete
                && gathering.isComplete()
                && !checkList.hasUnfinished()) {
            connectivity.completed();
        }
    }

    private void checkFailed(long now, CandidatePair pair, String why) {
        checks.abandon(pair);
        if (pair.stream != 0) {
            streams.close(pair.stream);
            pair.stream = 0;
        }
        pair.failure = why;
        pair.state = State.FAILED;
        pair.nominating = false;
        pair.nominateOnSuccess = false;
        if (controlling && selected != null && pair != selected) {
            maybeNominate(now);
        }
        maybeCompleted();
    }

    private void scheduleChecks(long now) {
        if (connectivity.isOver()) {
            return;
        }
        if (remote != null) {
            connectivity.searching(now, !checkList.pairs().isEmpty(), selected != null);
        }
        if (!lite && remote != null && nextCheckNanos == NEVER && checkList.hasWaiting()) {
            // RFC 8445 §6.1.4.2: one check in Ta, whatever calls for it, so that nobody can make us send faster.
            nextCheckNanos = lastCheckNanos != NEVER && now - lastCheckNanos < OutgoingChecks.TA_NANOS
                    ? lastCheckNanos + OutgoingChecks.TA_NANOS
                    : now;
        }
    }

    private void sendCheck(long now, CandidatePair pair) {
        if (pair.isTcp() && pair.stream == 0) {
            openStream(now, pair);
            return;
        }
        if (pair.state != State.SUCCEEDED) {
            pair.state = State.IN_PROGRESS;
        }
        checks.send(now, pair, controlling, local, remote);
    }

    /** RFC 6544 §7.1: the connection is made when the pair's turn has come; the check follows when it is open. */
    private void openStream(long now, CandidatePair pair) {
        pair.stream = pair.local.isActiveTcp() ? streams.open(pair.base, pair.remoteAddress) : 0;
        if (pair.stream == 0) {
            checkFailed(now, pair, "no TCP stream");
        } else {
            pair.state = State.IN_PROGRESS;
        }
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
        if (ProtocolCore.due(nextCheckNanos, now)) {
            CandidatePair pair = remote == null ? null : checkList.next(controlling);
            if (pair != null) {
                lastCheckNanos = now;
                sendCheck(now, pair);
            }
            nextCheckNanos = pair != null && checkList.hasWaiting() ? now + OutgoingChecks.TA_NANOS : NEVER;
        }
        for (CandidatePair pair : checks.handleTimeout(now)) {
            checkFailed(now, pair, "unanswered");
        }
        if (ProtocolCore.due(nominateAtNanos, now)) {
            maybeNominate(now);
        }
        handleConsentTimeout(now);
        if (connectivity.handleTimeout(now, selectedIsOld)) {
            fail();
        }
    }

    private void handleConsentTimeout(long now) {
        if (consent.isExpired(now)) {
            if (selectedIsOld) {
                // RFC 7675 §5.1: "the sender MUST cease transmission on that 5-tuple". The new generation may still
                // find a path.
                selected = null;
                consent.stop();
                connectivity.oldPathLost();
            } else {
                fail();
            }
            return;
        }
        if (consent.isDisconnected(now) && connectivity.isUp()) {
            lose(now);
            tryOtherPairs(now);
        }
        boolean broken = selected != null && selected.isTcp() && selected.stream == 0;
        if ((lite || broken) && consent.requestDue(now)) {
            consent.nothingHeard(now);
        } else if (consent.requestDue(now)) {
            consent.requestSent(checks.sendConsent(selected, controlling, selectedLocal, selectedRemote), now);
        }
    }

    /**
     * The selected pair has fallen silent: whatever worked besides it is checked again, and the first that answers
     * takes over.
     */
    private void tryOtherPairs(long now) {
        if (lite) {
            return;
        }
        for (CandidatePair p : checkList.pairs()) {
            assert Steps.count();
            if (p != selected && p.state == State.SUCCEEDED) {
                p.state = State.WAITING;
                checkList.trigger(p);
            }
        }
        scheduleChecks(now);
    }

    private void fail() {
        selected = null;
        selectedIsOld = false;
        consent.stop();
        for (CandidatePair p : checkList.pairs()) {
            assert Steps.count();
            checks.abandon(p);
            p.stream = 0;
            p.failure = p.state == State.FAILED
                    ? p.failure
                    : p.responsesReceived > 0 ? "no consent any more" : p.requestsSent > 0 ? "unanswered" : "not tried";
            p.state = State.FAILED;
        }
        streams.closeAll();
        nextCheckNanos = NEVER;
        nominateAtNanos = NEVER;
        connectivity.failed();
    }

    @Override
    public long nextTimeoutNanos() {
        if (connectivity.is(IceState.CLOSED)) {
            return NEVER;
        }
        long next = ProtocolCore.soonest(nextCheckNanos, gathering.nextTimeoutNanos());
        next = ProtocolCore.soonest(next, streams.nextTimeoutNanos());
        next = ProtocolCore.soonest(next, checks.nextTimeoutNanos());
        next = ProtocolCore.soonest(next, consent.nextTimeoutNanos());
        next = ProtocolCore.soonest(next, nominateAtNanos);
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
