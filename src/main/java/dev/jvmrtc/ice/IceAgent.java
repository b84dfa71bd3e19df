package dev.jvmrtc.ice;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Transmit;
import dev.jvmrtc.ice.CandidatePair.State;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.TransactionId;
import dev.jvmrtc.wire.MalformedException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A full ICE agent for one component (RFC 8445) with trickle (RFC 8838), regular nomination and consent freshness (RFC 7675). Learns of addresses from
 * outside; opens no socket and resolves no name.
 */
public final class IceAgent implements ProtocolCore<IceEvent> {

    /** Most remote candidates kept, given and learnt: a peer has a few dozen at the most. */
    public static final int MAX_REMOTE_CANDIDATES = 100;
    /** Checks that come before we know the peer's credentials are remembered, so many of them. */
    public static final int MAX_EARLY_CHECKS = 16;
    /** RFC 8445 §14.2: "Ta … SHOULD be 50 ms". */
    private static final long TA_NANOS = 50_000_000L;
    /** RFC 8445 §14.3: the RTO of checks is at least 500 ms. */
    private static final long MIN_RTO_NANOS = 500_000_000L;
    private static final int MAX_CHECK_TRANSMISSIONS = 7;
    /** RFC 8863 §4: how long an agent waits for a first valid pair before it may give up. */
    static final long PATIENCE_NANOS = 39_500_000_000L;
    /** How long the controlling side waits for a better pair than the first valid one. */
    private static final long NOMINATION_DELAY_NANOS = 200_000_000L;

    /** @param nomination the transaction of a check that nominates, or null */
    private record EarlyCheck(InetSocketAddress base, InetSocketAddress from, long priority, TransactionId nomination) {
    }

    /** @param candidate the host or relayed candidate that the base is */
    private record LocalBase(InetSocketAddress address, Candidate candidate, int localPreference) {
        boolean isRelayed() {
            return candidate.type() == CandidateType.RELAYED;
        }
    }

    private record PathKey(InetSocketAddress base, InetSocketAddress remote) {
    }

    private record Server(String url, InetSocketAddress address) {
    }

    private final RandomSource random;
    private final Counters drops = new Counters();
    private final ArrayDeque<Transmit> transmits = new ArrayDeque<>();
    private final ArrayDeque<IceEvent> events = new ArrayDeque<>();
    private final CheckList checkList = new CheckList();
    private final StunServerQueries queries;
    private final ConsentFreshness consent;

    private final List<LocalBase> bases = new ArrayList<>();
    /** Where checks and data of the generation before come from: still good until the next restart. */
    private final Set<PathKey> previousPaths = new LinkedHashSet<>();
    private final List<Candidate> localCandidates = new ArrayList<>();
    private final List<Server> servers = new ArrayList<>();
    private final Map<InetSocketAddress, Candidate> remoteCandidates = new LinkedHashMap<>();
    private final Map<TransactionId, CandidatePair> checks = new HashMap<>();
    private final List<EarlyCheck> earlyChecks = new ArrayList<>();

    private IceCredentials local;
    private IceCredentials previousLocal;
    private IceCredentials remote;
    private boolean controlling;
    private final boolean lite;
    private final long tieBreaker;
    private boolean remoteIsLite;
    private boolean localAddressesComplete;
    private boolean gatheringAnnounced;
    private int gatheringElsewhere;
    private boolean remoteComplete;

    private IceState state = IceState.NEW;
    private CandidatePair selected;
    /** Nominations that the peer has made, and the one of them that we follow. */
    private long nominations;
    private long followedNomination;
    private long nextCheckNanos = NEVER;
    private long patienceUntilNanos = NEVER;
    private long nominateAtNanos = NEVER;

    public IceAgent(IceCredentials local, boolean controlling, RandomSource random) {
        this(local, controlling, false, random);
    }

    /** @param lite whether to answer checks only (RFC 8445 §2.5): for servers that every peer can reach. Such an agent is always controlled. */
    public IceAgent(IceCredentials local, boolean controlling, boolean lite, RandomSource random) {
        this.local = local;
        this.lite = lite;
        this.controlling = controlling && !lite;
        if (controlling && lite) {
            events.add(new IceEvent.RoleChanged(false));
        }
        this.random = random;
        this.tieBreaker = random.nextLong();
        this.queries = new StunServerQueries(random);
        this.consent = new ConsentFreshness(random);
    }

    // ---------------------------------------------------------------- configuration

    public IceCredentials localCredentials() {
        return local;
    }

    public IceCredentials remoteCredentials() {
        return remote;
    }

    public IceState state() {
        return state;
    }

    public boolean isControlling() {
        return controlling;
    }

    public Counters drops() {
        return drops;
    }

    public List<Candidate> localCandidates() {
        return List.copyOf(localCandidates);
    }

    public List<Candidate> remoteCandidates() {
        return List.copyOf(remoteCandidates.values());
    }

    /** The pair that data goes over, or null. */
    public CandidatePair selectedPair() {
        return selected;
    }

    /**
     * Whether the sender of a datagram has shown that it knows our credentials, or has answered a check of ours. What else comes from strangers (DTLS, RTP) is
     * not worth any work.
     */
    public boolean isPermitted(InetSocketAddress base, InetSocketAddress from) {
        if (selected != null && selected.remoteAddress.equals(from) && selected.base.equals(base)) {
            return true;
        }
        CandidatePair p = checkList.find(base, from);
        if (p != null && (p.requestsReceived > 0 || p.state == State.SUCCEEDED)) {
            return true;
        }
        return previousPaths.contains(new PathKey(base, from)) || earlyChecks.stream().anyMatch(c -> c.base.equals(base) && c.from.equals(from));
    }

    public List<CandidatePair.Snapshot> pairs() {
        return checkList.pairs().stream().map(CandidatePair::snapshot).toList();
    }

    /** The role that signalling implies (RFC 8445 §6.1.1); a later role conflict may change it. */
    public void setControlling(boolean controlling) {
        this.controlling = controlling && !lite;
    }

    /** The peer's credentials. Others than before mean that the peer has restarted ICE; ours must have been changed too by {@link #restart}. */
    public void setRemoteCredentials(long now, IceCredentials credentials, boolean lite) {
        if (credentials.equals(remote)) {
            return;
        }
        remote = credentials;
        remoteIsLite = lite;
        if (lite && !this.lite) {
            // RFC 8445 §6.1.1: "If one agent is full and the other is lite, the full agent MUST take the controlling role".
            if (!controlling) {
                controlling = true;
                events.add(new IceEvent.RoleChanged(true));
            }
        }
        List<EarlyCheck> early = new ArrayList<>(earlyChecks);
        earlyChecks.clear();
        for (EarlyCheck c : early) {
            triggerCheck(now, c.base, c.from, c.priority, c.nomination);
        }
        scheduleChecks(now);
    }

    /**
     * Starts a new generation (RFC 8445 §9): new credentials, all pairs forgotten; new addresses are to be added as at the beginning. Data keeps flowing over the
     * old selected pair until a new one is found, and checks under the old credentials are still answered. The addresses are new because a peer that paired its
     * new candidates with our old ones would otherwise go on checking these under the old credentials.
     */
    public void restart(long now, IceCredentials credentials) {
        previousLocal = local;
        local = credentials;
        remote = null;
        previousPaths.clear();
        for (CandidatePair p : checkList.pairs()) {
            if (p.requestsReceived > 0 || p.state == State.SUCCEEDED) {
                previousPaths.add(new PathKey(p.base, p.remoteAddress));
            }
        }
        checkList.clear();
        checks.clear();
        remoteCandidates.clear();
        earlyChecks.clear();
        localCandidates.clear();
        bases.clear();
        servers.clear();
        queries.clear();
        gatheringElsewhere = 0;
        consent.stop();
        remoteComplete = false;
        localAddressesComplete = false;
        gatheringAnnounced = false;
        nominateAtNanos = NEVER;
        patienceUntilNanos = NEVER;
        // webrtc-pc §5.6.4: a restart causes "a transition to connected if begun in the completed state. If begun in the transient disconnected state,
        // it causes a transition to checking".
        if (state == IceState.COMPLETED) {
            setState(IceState.CONNECTED);
        } else if (state == IceState.DISCONNECTED || state == IceState.FAILED) {
            setState(IceState.CHECKING);
        }
        if (state != IceState.NEW && state != IceState.CLOSED) {
            patienceUntilNanos = now + PATIENCE_NANOS;
        }
    }

    /** A socket of ours. {@code localPreference} 0 … 65535 orders our addresses. */
    public void addLocalAddress(long now, InetSocketAddress base, int localPreference) {
        addLocalAddress(now, base, base, localPreference);
    }

    /** A socket of ours that peers reach under another address: a cloud translates it one to one. That address alone is told to them. */
    public void addLocalAddress(long now, InetSocketAddress base, InetSocketAddress advertised, int localPreference) {
        LocalBase b = new LocalBase(base, Candidate.host(advertised, localPreference), localPreference);
        bases.add(b);
        announce(b.candidate, null, null);
        for (Server s : servers) {
            query(now, b, s);
        }
        pairWithRemotes(now, b);
    }

    private void pairWithRemotes(long now, LocalBase b) {
        for (Map.Entry<InetSocketAddress, Candidate> e : remoteCandidates.entrySet()) {
            checkList.form(b.address, b.candidate, e.getKey(), e.getValue(), controlling);
        }
        scheduleChecks(now);
    }

    /**
     * An address that a TURN server relays for us: a base of its own (RFC 8445 §5.1.1.2), whose datagrams the caller takes through the server.
     *
     * @param mapped ours as the server sees it, or null where that is to stay hidden
     */
    public void addRelayedAddress(long now, InetSocketAddress relayed, InetSocketAddress mapped, int localPreference, String url, String relayProtocol) {
        InetSocketAddress related = mapped != null ? mapped : new InetSocketAddress(relayed.getAddress() instanceof Inet4Address ? "0.0.0.0" : "::", 0);
        LocalBase b = new LocalBase(relayed, Candidate.of(CandidateType.RELAYED, relayed, related, localPreference, url), localPreference);
        bases.add(b);
        announce(b.candidate, url, relayProtocol);
        pairWithRemotes(now, b);
    }

    /** A server has told how it sees {@code base}. */
    public void addReflexiveAddress(InetSocketAddress base, InetSocketAddress mapped, InetSocketAddress server, String url) {
        LocalBase b = findBase(base);
        // RFC 8445 §5.1.3: a reflexive candidate that equals its base is redundant.
        if (b != null && !mapped.equals(base) && localCandidates.stream().noneMatch(c -> mapped.equals(c.address()))) {
            announce(Candidate.of(CandidateType.SERVER_REFLEXIVE, mapped, base, b.localPreference, server.toString()), url, null);
        }
    }

    /** An address of ours is gone: its pairs have failed. Data goes over another valid pair at once, if there is one. */
    public void removeLocalAddress(long now, InetSocketAddress base) {
        LocalBase gone = findBase(base);
        if (gone != null) {
            bases.remove(gone);
            localCandidates.remove(gone.candidate);
        }
        for (CandidatePair p : checkList.pairs()) {
            if (p.base.equals(base)) {
                abandon(p);
                p.nominated = false;
                checkFailed(now, p, "our address is gone");
            }
        }
        if (selected != null && selected.base.equals(base)) {
            CandidatePair other = checkList.bestValid(controlling);
            if (other != null) {
                select(now, other);
                if (controlling && !other.nominating) {
                    other.nominating = true; // the peer learns by it that we have moved
                    sendCheck(now, other);
                }
            } else if (state == IceState.CONNECTED || state == IceState.COMPLETED) {
                setState(IceState.DISCONNECTED); // failed when consent has expired, unless a restart comes before
            }
        }
    }

    /** A server is being asked for an address by others: gathering is not complete before as many calls of {@link #gatheringEnded}. */
    public void gatheringBegan() {
        gatheringElsewhere++;
    }

    public void gatheringEnded() {
        gatheringElsewhere--;
        maybeGatheringComplete();
    }

    /** No more calls to {@link #addLocalAddress} or {@link #addServer} are to be expected. */
    public void localAddressesComplete() {
        localAddressesComplete = true;
        maybeGatheringComplete();
    }

    /** A STUN server, its name already resolved. */
    public void addServer(long now, String url, InetSocketAddress address) {
        Server s = new Server(url, address);
        servers.add(s);
        for (LocalBase b : bases) {
            query(now, b, s);
        }
    }

    private void query(long now, LocalBase b, Server s) {
        boolean sameFamily = b.address.getAddress().getClass() == s.address.getAddress().getClass() && !b.isRelayed();
        InetAddress ip = b.address.getAddress();
        if (sameFamily && !ip.isLinkLocalAddress() && ip.isLoopbackAddress() == s.address.getAddress().isLoopbackAddress()) {
            queries.start(now, b.address, s.address, s.url);
        }
    }

    private void announce(Candidate candidate, String url, String relayProtocol) {
        localCandidates.add(candidate);
        events.add(new IceEvent.LocalCandidate(candidate.withUsernameFragment(local.usernameFragment()), url, relayProtocol));
    }

    private void maybeGatheringComplete() {
        if (localAddressesComplete && !gatheringAnnounced && queries.isEmpty() && gatheringElsewhere == 0) {
            gatheringAnnounced = true;
            events.add(new IceEvent.GatheringComplete());
            maybeCompleted();
        }
    }

    /** A candidate of the peer, its name already resolved. Components other than 1, TCP and unusable addresses are counted and ignored. */
    public void addRemoteCandidate(long now, Candidate candidate) {
        InetSocketAddress address = candidate.address();
        if (candidate.component() != 1 || !candidate.transport().equals("udp")) {
            drops.count("remote candidate not supported");
        } else if (address == null || address.getPort() == 0 || address.getAddress().isMulticastAddress() || address.getAddress().isAnyLocalAddress()) {
            drops.count("remote candidate with unusable address");
        } else if (candidate.usernameFragment() != null && remote != null && !candidate.usernameFragment().equals(remote.usernameFragment())) {
            drops.count("remote candidate of another generation");
        } else {
            learnRemote(now, address, candidate);
        }
    }

    private void learnRemote(long now, InetSocketAddress address, Candidate candidate) {
        Candidate known = remoteCandidates.get(address);
        if (known == null && remoteCandidates.size() >= MAX_REMOTE_CANDIDATES) {
            drops.count("too many remote candidates");
            return;
        }
        if (known != null && known.type() != CandidateType.PEER_REFLEXIVE) {
            return;
        }
        // RFC 8838 §11.4: a candidate learnt from a check and now signalled takes on the signalled type and priority.
        remoteCandidates.put(address, candidate);
        for (CandidatePair p : checkList.pairs()) {
            if (p.remoteAddress.equals(address)) {
                p.remote = candidate;
            }
        }
        for (LocalBase b : bases) {
            checkList.form(b.address, b.candidate, address, candidate, controlling);
        }
        scheduleChecks(now);
    }

    /** The peer has no more candidates (RFC 8838 §14). */
    public void endOfRemoteCandidates(long now) {
        remoteComplete = true;
        maybeCompleted();
    }

    public void close() {
        checkList.clear();
        checks.clear();
        queries.clear();
        consent.stop();
        selected = null;
        nextCheckNanos = NEVER;
        patienceUntilNanos = NEVER;
        nominateAtNanos = NEVER;
        setState(IceState.CLOSED);
    }

    // ---------------------------------------------------------------- input

    /** A STUN datagram that came in on {@code base}. */
    public void handleDatagram(long now, InetSocketAddress base, InetSocketAddress from, byte[] data, int offset, int length) {
        if (state == IceState.CLOSED) {
            return;
        }
        try {
            StunMessage m = StunMessage.parse(data, offset, length);
            if (m.method() != StunMessage.BINDING) {
                drops.count("STUN method not supported");
                return;
            }
            switch (m.messageClass()) {
                case REQUEST -> handleRequest(now, base, from, m);
                case SUCCESS_RESPONSE, ERROR_RESPONSE -> handleResponse(now, base, from, m);
                case INDICATION -> {
                    // RFC 8445 §11: a keepalive indication has no further meaning.
                }
            }
        } catch (MalformedException e) {
            drops.count("malformed STUN: " + e.getMessage());
        }
        maybeGatheringComplete();
    }

    private void handleRequest(long now, InetSocketAddress base, InetSocketAddress from, StunMessage m) {
        String username = m.text(StunAttribute.USERNAME);
        Long priority = m.u32(StunAttribute.PRIORITY);
        if (username == null || !m.has(StunAttribute.MESSAGE_INTEGRITY) || priority == null) {
            drops.count("STUN request without credentials");
            return;
        }
        int colon = username.indexOf(':');
        String ours = colon < 0 ? username : username.substring(0, colon);
        boolean current = ours.equals(local.usernameFragment());
        IceCredentials credentials = current ? local : previousLocal != null && ours.equals(previousLocal.usernameFragment()) ? previousLocal : null;
        if (credentials == null || !m.hasIntegrity(credentials.key())) {
            drops.count("STUN request with wrong credentials");
            return;
        }
        if (!m.unknownRequiredAttributes().isEmpty()) {
            respondUnknown(base, from, m, credentials);
            return;
        }
        if (current && !resolveRoleConflict(base, from, m)) {
            return;
        }
        transmits.add(new Transmit(base, from, StunMessage.write(StunMessage.BINDING, StunClass.SUCCESS_RESPONSE, m.transactionId())
            .xorMappedAddress(from).integrity(credentials.key()).fingerprinted()));
        if (!current) {
            if (previousPaths.size() < CheckList.MAX_PAIRS) {
                previousPaths.add(new PathKey(base, from));
            }
            return;
        }
        TransactionId nomination = m.has(StunAttribute.USE_CANDIDATE) ? m.transactionId() : null;
        if (remote == null) {
            if (earlyChecks.size() < MAX_EARLY_CHECKS) {
                earlyChecks.add(new EarlyCheck(base, from, priority, nomination));
            } else {
                drops.count("check before the answer, too many");
            }
            return;
        }
        triggerCheck(now, base, from, priority, nomination);
    }

    private void respondUnknown(InetSocketAddress base, InetSocketAddress from, StunMessage m, IceCredentials credentials) {
        dev.jvmrtc.wire.ByteWriter types = new dev.jvmrtc.wire.ByteWriter();
        m.unknownRequiredAttributes().forEach(types::u16);
        transmits.add(new Transmit(base, from, StunMessage.write(StunMessage.BINDING, StunClass.ERROR_RESPONSE, m.transactionId())
            .error(420, "Unknown Attribute").attribute(StunAttribute.UNKNOWN_ATTRIBUTES, types.toByteArray()).integrity(credentials.key()).fingerprinted()));
    }

    /**
     * RFC 8445 §7.3.1.1: on a role conflict the larger tie-breaker is or becomes controlling. Returns false where the peer was told to switch.
     */
    private boolean resolveRoleConflict(InetSocketAddress base, InetSocketAddress from, StunMessage m) {
        Long theirs = m.u64(controlling ? StunAttribute.ICE_CONTROLLING : StunAttribute.ICE_CONTROLLED);
        if (theirs == null) {
            return true;
        }
        boolean weAreLarger = Long.compareUnsigned(tieBreaker, theirs) >= 0;
        if (weAreLarger == controlling) {
            transmits.add(new Transmit(base, from, StunMessage.write(StunMessage.BINDING, StunClass.ERROR_RESPONSE, m.transactionId())
                .error(487, "Role Conflict").integrity(local.key()).fingerprinted()));
            return false;
        }
        switchRole(!controlling);
        return true;
    }

    private void switchRole(boolean nowControlling) {
        controlling = nowControlling;
        for (CandidatePair p : checkList.pairs()) {
            p.nominating = false;
        }
        events.add(new IceEvent.RoleChanged(controlling));
    }

    /** RFC 8445 §7.3.1.3–5: learn a peer-reflexive candidate, check the pair in return, obey USE-CANDIDATE. */
    private void triggerCheck(long now, InetSocketAddress base, InetSocketAddress from, long priority, TransactionId nomination) {
        CandidatePair pair = checkList.find(base, from);
        if (pair == null) {
            LocalBase b = findBase(base);
            Candidate known = remoteCandidates.get(from);
            if (known == null) {
                known = new Candidate("prflx" + from.getPort(), 1, "udp", priority, Candidate.literal(from.getAddress()), from.getPort(),
                    CandidateType.PEER_REFLEXIVE, null, 0, null, null);
                if (remoteCandidates.size() >= MAX_REMOTE_CANDIDATES) {
                    drops.count("too many remote candidates");
                    return;
                }
                remoteCandidates.put(from, known);
            }
            pair = b == null ? null : checkList.form(base, b.candidate, from, known, controlling);
            if (pair == null) {
                drops.count("STUN request that forms no pair");
                return;
            }
        }
        pair.requestsReceived++;
        pair.responsesSent++;
        // A check that is sent again, or comes late, must not undo a nomination that was made meanwhile.
        boolean useCandidate = nomination != null && !nomination.equals(pair.lastNomination);
        if (useCandidate) {
            pair.lastNomination = nomination;
            pair.nominationOrder = ++nominations;
        }
        if (lite) {
            answeredLite(now, pair);
        }
        if (pair.state == State.SUCCEEDED) {
            if (useCandidate && !controlling) {
                nominate(now, pair);
            }
            return;
        }
        if (useCandidate && !controlling) {
            pair.nominateOnSuccess = true;
        }
        if (pair.state == State.FAILED || pair.state == State.WAITING) {
            pair.state = State.WAITING;
            checkList.trigger(pair);
        } else if (pair.transmissions > 1) {
            // RFC 8445 §7.3.1.4: an in-progress check is cancelled and made anew, so that the answer does not wait for a backed-off timer.
            abandon(pair);
            pair.state = State.WAITING;
            checkList.trigger(pair);
        }
        if (state == IceState.FAILED) {
            return;
        }
        scheduleChecks(now);
    }

    /** RFC 8445 §6.1.1: a lite agent takes the peer's check for proof that the pair works, and its going on for consent. */
    private void answeredLite(long now, CandidatePair pair) {
        pair.state = State.SUCCEEDED;
        if (state == IceState.FAILED || state == IceState.CLOSED) {
            return;
        }
        if (selected == null || !selectedIsCurrent()) {
            select(now, pair);
        } else if (pair == selected) {
            consent.start(now);
            if (state == IceState.DISCONNECTED) {
                setState(IceState.CONNECTED);
                maybeCompleted();
            }
        }
    }

    private LocalBase findBase(InetSocketAddress base) {
        for (LocalBase b : bases) {
            if (b.address.equals(base)) {
                return b;
            }
        }
        return null;
    }

    private void handleResponse(long now, InetSocketAddress base, InetSocketAddress from, StunMessage m) throws MalformedException {
        StunServerQueries.Answer answer = queries.handleResponse(m, from);
        if (answer != null) {
            handleServerAnswer(now, answer);
            return;
        }
        CandidatePair pair = checks.get(m.transactionId());
        if (pair == null) {
            handleConsentResponse(now, base, from, m);
            return;
        }
        // RFC 8445 §7.2.5.2.1: "the source and destination transport addresses … are not symmetric" fails the check; we drop and wait for the real one.
        if (!pair.base.equals(base) || !pair.remoteAddress.equals(from)) {
            drops.count("STUN response from an address that was not asked");
            return;
        }
        if (!m.hasIntegrity(remote.key())) {
            drops.count("STUN response with wrong integrity");
            return;
        }
        checks.remove(m.transactionId());
        pair.transaction = null;
        if (m.messageClass() == StunClass.SUCCESS_RESPONSE) {
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

    private void handleServerAnswer(long now, StunServerQueries.Answer a) {
        if (a.errorCode() != 0) {
            events.add(new IceEvent.ServerError(a.url(), a.base(), a.errorCode(), a.reason()));
            return;
        }
        addReflexiveAddress(a.base(), a.mapped(), a.server(), a.url());
    }

    private void handleConsentResponse(long now, InetSocketAddress base, InetSocketAddress from, StunMessage m) {
        boolean fromSelected = selected != null && selected.remoteAddress.equals(from) && selected.base.equals(base);
        if (!fromSelected || remote == null || m.messageClass() != StunClass.SUCCESS_RESPONSE || !m.hasIntegrity(remote.key())) {
            drops.count("STUN response to nothing we asked");
            return;
        }
        long sent = consent.handleResponse(m.transactionId(), now);
        if (sent < 0) {
            drops.count("STUN response to nothing we asked");
            return;
        }
        selected.recordRtt(now - sent);
        if (state == IceState.DISCONNECTED) {
            setState(IceState.CONNECTED);
            maybeCompleted();
        }
    }

    // ---------------------------------------------------------------- checks

    private void checkSucceeded(long now, CandidatePair pair, InetSocketAddress mapped) {
        pair.recordRtt(now - pair.firstSentNanos);
        pair.state = State.SUCCEEDED;
        if (mapped != null && !mapped.equals(pair.base) && mapped.getAddress().getClass() == pair.base.getAddress().getClass()) {
            learnLocalReflexive(pair, mapped);
        }
        if (pair.transactionNominates && controlling || pair.nominateOnSuccess && !controlling) {
            nominate(now, pair);
            return;
        }
        boolean selectedIsDead = selected != null && selected != pair && (selected.state == State.FAILED || state == IceState.DISCONNECTED);
        if (selectedIsDead) {
            selected.nominated = false; // the path has moved; the peer is told by a nomination
        }
        if (selected == null || !selectedIsCurrent() || selectedIsDead) {
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
     * Deviates from RFC 8445 §8.1.1, which has one nomination in a session: browsers nominate again and again, so peers follow the last; and one that does not
     * goes on hearing us, since both pairs are valid.
     */
    private void maybeLeaveRelay(long now) {
        if (!controlling || selected == null || !selected.nominated || !selected.isRelayed() || checkList.pairs().stream().anyMatch(p -> p.nominating)) {
            return;
        }
        for (CandidatePair p : checkList.pairs()) {
            if (p.state == State.SUCCEEDED && !p.isRelayed() && !p.nominated) {
                p.nominating = true;
                sendCheck(now, p);
                return;
            }
        }
    }

    private void learnLocalReflexive(CandidatePair pair, InetSocketAddress mapped) {
        for (Candidate c : localCandidates) {
            if (mapped.equals(c.address())) {
                pair.local = c;
                return;
            }
        }
        LocalBase b = findBase(pair.base);
        if (b != null && localCandidates.size() < MAX_REMOTE_CANDIDATES) {
            Candidate c = Candidate.of(CandidateType.PEER_REFLEXIVE, mapped, pair.base, b.localPreference, "");
            localCandidates.add(c);
            pair.local = c;
        }
    }

    private boolean selectedIsCurrent() {
        return checkList.pairs().contains(selected);
    }

    private boolean anyNominated() {
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
        maybeLeaveRelay(now);
        maybeCompleted();
    }

    /** Whether the selected pair is of the present generation. */
    public boolean isSelectedPairCurrent() {
        return selected != null && selectedIsCurrent();
    }

    private void select(long now, CandidatePair pair) {
        boolean changed = pair != selected;
        boolean lost = selected != null && (selected.state == State.FAILED || state == IceState.DISCONNECTED);
        selected = pair;
        consent.start(now);
        patienceUntilNanos = NEVER;
        if (changed) {
            events.add(new IceEvent.SelectedPairChanged(pair.local, pair.remote, lost));
        }
        if (state != IceState.COMPLETED) {
            setState(IceState.CONNECTED);
        }
    }

    private void maybeCompleted() {
        boolean nominated = selected != null && selected.nominated && selectedIsCurrent();
        if (state == IceState.CONNECTED && nominated && remoteComplete && gatheringAnnounced && !checkList.hasUnfinished()) {
            setState(IceState.COMPLETED);
        }
    }

    private void checkFailed(long now, CandidatePair pair, String why) {
        pair.failure = why;
        pair.state = State.FAILED;
        pair.nominating = false;
        pair.nominateOnSuccess = false;
        if (controlling && selected != null && pair != selected) {
            maybeNominate(now);
        }
        maybeCompleted();
    }

    private void abandon(CandidatePair pair) {
        if (pair.transaction != null) {
            checks.remove(pair.transaction);
            pair.transaction = null;
        }
    }

    private void scheduleChecks(long now) {
        if (state == IceState.CLOSED || state == IceState.FAILED) {
            return;
        }
        if (remote != null && !checkList.pairs().isEmpty() && state == IceState.NEW) {
            setState(IceState.CHECKING);
        }
        if (remote != null && selected == null && patienceUntilNanos == NEVER && (state == IceState.CHECKING || state == IceState.NEW)) {
            patienceUntilNanos = now + PATIENCE_NANOS;
        }
        if (!lite && remote != null && nextCheckNanos == NEVER && checkList.hasWaiting()) {
            nextCheckNanos = now;
        }
    }

    private void sendCheck(long now, CandidatePair pair) {
        abandon(pair);
        TransactionId id = TransactionId.random(random);
        boolean nominates = pair.nominating && controlling;
        pair.transaction = id;
        pair.transactionNominates = nominates;
        pair.transactionControlling = controlling;
        if (pair.state != State.SUCCEEDED) {
            pair.state = State.IN_PROGRESS;
        }
        pair.request = buildCheck(pair, id, nominates);
        pair.transmissions = 0;
        pair.firstSentNanos = now;
        pair.rtoNanos = Math.max(MIN_RTO_NANOS, TA_NANOS * checks.size());
        pair.nextSendNanos = now;
        checks.put(id, pair);
        resend(now, pair);
    }

    private byte[] buildCheck(CandidatePair pair, TransactionId id, boolean nominates) {
        int localPreference = (int) (pair.local.priority() >> 8 & 0xffff);
        StunMessage.Writer w = StunMessage.write(StunMessage.BINDING, StunClass.REQUEST, id)
            .text(StunAttribute.USERNAME, remote.usernameFragment() + ":" + local.usernameFragment())
            .u64(controlling ? StunAttribute.ICE_CONTROLLING : StunAttribute.ICE_CONTROLLED, tieBreaker)
            .u32(StunAttribute.PRIORITY, Candidate.priority(CandidateType.PEER_REFLEXIVE, localPreference));
        if (nominates) {
            w.flag(StunAttribute.USE_CANDIDATE);
        }
        return w.integrity(remote.key()).fingerprinted();
    }

    private void resend(long now, CandidatePair pair) {
        transmits.add(new Transmit(pair.base, pair.remoteAddress, pair.request.clone()));
        pair.transmissions++;
        pair.requestsSent++;
        pair.nextSendNanos = now + pair.rtoNanos;
        pair.rtoNanos *= 2;
    }

    // ---------------------------------------------------------------- time

    @Override
    public void handleTimeout(long now) {
        if (state == IceState.CLOSED) {
            return;
        }
        for (StunServerQueries.Answer dead : queries.handleTimeout(now, transmits)) {
            handleServerAnswer(now, dead);
        }
        maybeGatheringComplete();
        if (ProtocolCore.due(nextCheckNanos, now)) {
            CandidatePair pair = remote == null ? null : checkList.next(controlling);
            if (pair != null) {
                sendCheck(now, pair);
            }
            nextCheckNanos = pair != null && checkList.hasWaiting() ? now + TA_NANOS : NEVER;
        }
        resendDueChecks(now);
        if (ProtocolCore.due(nominateAtNanos, now)) {
            maybeNominate(now);
        }
        handleConsentTimeout(now);
        if (ProtocolCore.due(patienceUntilNanos, now)) {
            patienceUntilNanos = NEVER;
            fail();
        }
    }

    private void resendDueChecks(long now) {
        if (checks.isEmpty()) {
            return;
        }
        for (CandidatePair pair : List.copyOf(checks.values())) {
            if (pair.nextSendNanos - now > 0) {
                continue;
            }
            if (pair.transmissions < MAX_CHECK_TRANSMISSIONS) {
                resend(now, pair);
            } else {
                abandon(pair);
                checkFailed(now, pair, "unanswered");
            }
        }
    }

    private void handleConsentTimeout(long now) {
        if (consent.isExpired(now)) {
            fail();
            return;
        }
        if (consent.isDisconnected(now) && (state == IceState.CONNECTED || state == IceState.COMPLETED)) {
            setState(IceState.DISCONNECTED);
            tryOtherPairs(now);
        }
        if (lite && consent.requestDue(now)) {
            consent.nothingHeard(now);
        } else if (consent.requestDue(now) && remote != null) {
            TransactionId id = TransactionId.random(random);
            consent.requestSent(id, now);
            selected.consentRequestsSent++;
            selected.requestsSent++;
            transmits.add(new Transmit(selected.base, selected.remoteAddress, buildCheck(selected, id, false)));
        }
    }

    /** The selected pair has fallen silent: whatever worked besides it is checked again, and the first that answers takes over. */
    private void tryOtherPairs(long now) {
        if (lite) {
            return;
        }
        for (CandidatePair p : checkList.pairs()) {
            if (p != selected && p.state == State.SUCCEEDED) {
                p.state = State.WAITING;
                checkList.trigger(p);
            }
        }
        scheduleChecks(now);
    }

    private void fail() {
        selected = null;
        consent.stop();
        for (CandidatePair p : checkList.pairs()) {
            abandon(p);
            p.failure = p.state == State.FAILED ? p.failure : p.responsesReceived > 0 ? "no consent any more" : p.requestsSent > 0 ? "unanswered" : "not tried";
            p.state = State.FAILED;
        }
        nextCheckNanos = NEVER;
        nominateAtNanos = NEVER;
        setState(IceState.FAILED);
    }

    private void setState(IceState newState) {
        if (state != newState) {
            state = newState;
            events.add(new IceEvent.StateChanged(newState));
        }
    }

    @Override
    public long nextTimeoutNanos() {
        if (state == IceState.CLOSED) {
            return NEVER;
        }
        long next = ProtocolCore.soonest(nextCheckNanos, queries.nextTimeoutNanos());
        for (CandidatePair p : checks.values()) {
            next = ProtocolCore.soonest(next, p.nextSendNanos);
        }
        next = ProtocolCore.soonest(next, consent.nextTimeoutNanos());
        next = ProtocolCore.soonest(next, nominateAtNanos);
        return ProtocolCore.soonest(next, patienceUntilNanos);
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
