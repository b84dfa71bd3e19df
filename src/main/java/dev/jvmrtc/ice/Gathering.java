package dev.jvmrtc.ice;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Transmit;
import dev.jvmrtc.stun.StunMessage;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Supplier;

/**
 * The local side of an agent: the addresses that we have, what servers make of them, and when all are known (RFC 8445
 * §5.1). Checks nothing.
 */
final class Gathering {

    /** Most local candidates kept, those learnt from checks included. */
    private static final int MAX_LOCAL_CANDIDATES = 100;

    private record Server(String url, InetSocketAddress address) {}

    private final Counters drops;
    private final Queue<IceEvent> events;
    /** Ours of the present generation: RFC 8838 has candidates say whose they are. */
    private final Supplier<String> usernameFragment;
    /** What STUN servers are being asked. */
    private final StunServerQueries queries;
    /** The addresses that checks go out from. */
    private final List<LocalBase> bases = new ArrayList<>();
    /** All that the peer may know of, and those learnt from its answers. */
    private final List<Candidate> candidates = new ArrayList<>();
    /** STUN servers, which are asked from each base. */
    private final List<Server> servers = new ArrayList<>();
    /** What the peer is told in place of an address. */
    private final Map<InetAddress, String> names = new HashMap<>();
    /** Whether all our addresses are known. */
    private boolean addressesComplete;
    /** Whether the end of gathering has been said. */
    private boolean announced;
    /** Servers that others are asking for an address. */
    private int elsewhere;

    Gathering(RandomSource random, Supplier<String> usernameFragment, Queue<IceEvent> events, Counters drops) {
        this.drops = drops;
        this.queries = new StunServerQueries(random);
        this.usernameFragment = usernameFragment;
        this.events = events;
    }

    void restart() {
        candidates.clear();
        bases.clear();
        servers.clear();
        queries.clear();
        elsewhere = 0;
        addressesComplete = false;
        announced = false;
    }

    void stop() {
        queries.clear();
    }

    List<LocalBase> bases() {
        return bases;
    }

    List<Candidate> candidates() {
        return List.copyOf(candidates);
    }

    /** The peer is told the name in place of the address. */
    void hide(InetAddress address, String name) {
        names.put(address, name);
    }

    // ---------------------------------------------------------------- addresses

    LocalBase addHost(long now, InetSocketAddress address, Candidate candidate, int localPreference) {
        LocalBase b = new LocalBase(address, candidate, localPreference);
        bases.add(b);
        announce(candidate, address.getAddress(), null, null);
        for (Server s : servers) {
            query(now, b, s);
        }
        return b;
    }

    /** RFC 6544 §4.5: an active candidate has no port that anybody could connect to; the one it names is 9. */
    LocalBase addActiveTcp(long now, InetAddress address, InetAddress advertised, int localPreference) {
        InetSocketAddress told = new InetSocketAddress(advertised, Candidate.ACTIVE_PORT);
        return addHost(
                now,
                new InetSocketAddress(address, Candidate.ACTIVE_PORT),
                Candidate.tcp(CandidateType.HOST, told, null, localPreference, "active"),
                localPreference);
    }

    LocalBase addPassiveTcp(long now, InetSocketAddress listener, InetSocketAddress advertised, int localPreference) {
        return addHost(
                now,
                listener,
                Candidate.tcp(CandidateType.HOST, advertised, null, localPreference, "passive"),
                localPreference);
    }

    LocalBase addRelayed(
            InetSocketAddress relayed,
            InetSocketAddress mapped,
            int localPreference,
            String url,
            String relayProtocol) {
        InetSocketAddress related = mapped != null ? mapped : unspecified(relayed.getAddress());
        LocalBase b = new LocalBase(
                relayed, Candidate.of(CandidateType.RELAYED, relayed, related, localPreference, url), localPreference);
        bases.add(b);
        announce(b.candidate(), relayed.getAddress(), url, relayProtocol);
        return b;
    }

    void addReflexive(InetSocketAddress base, InetSocketAddress mapped, InetSocketAddress server, String url) {
        LocalBase b = find(base, false);
        // RFC 8445 §5.1.3: a reflexive candidate that equals its base is redundant.
        if (b != null
                && !mapped.equals(base)
                && isPlausible(mapped)
                && candidates.stream().noneMatch(c -> !c.isTcp() && mapped.equals(c.address()))) {
            announce(
                    Candidate.of(CandidateType.SERVER_REFLEXIVE, mapped, base, b.localPreference(), server.toString()),
                    base.getAddress(),
                    url,
                    null);
        }
    }

    /**
     * The candidate that a check's answer shows us to be seen as: one that we know, or a peer-reflexive one; null where
     * there are too many.
     */
    Candidate reflexiveOf(CandidatePair pair, InetSocketAddress mapped) {
        for (Candidate c : candidates) {
            if (c.isTcp() == pair.isTcp() && mapped.equals(c.address())) {
                return c;
            }
        }
        LocalBase b = find(pair.base, pair.isTcp());
        if (b == null || candidates.size() >= MAX_LOCAL_CANDIDATES || !isPlausible(mapped)) {
            return null;
        }
        Candidate c = pair.isTcp()
                ? Candidate.tcp(
                        CandidateType.PEER_REFLEXIVE,
                        mapped,
                        b.address(),
                        b.localPreference(),
                        b.candidate().tcpType())
                : Candidate.of(CandidateType.PEER_REFLEXIVE, mapped, pair.base, b.localPreference(), "");
        candidates.add(c);
        return c;
    }

    void remove(LocalBase base) {
        bases.remove(base);
        candidates.remove(base.candidate());
    }

    /** Whether an address that somebody says is ours can be one. */
    private boolean isPlausible(InetSocketAddress told) {
        boolean plausible = Reach.isUsable(told) && !(told.getAddress().isLoopbackAddress() && hasNoLoopback());
        if (!plausible) {
            drops.count("address that a server or peer says is ours and cannot be");
        }
        return plausible;
    }

    /** Whether there are addresses of ours, and none that only this machine can reach. */
    boolean hasNoLoopback() {
        return !bases.isEmpty()
                && bases.stream().noneMatch(b -> b.address().getAddress().isLoopbackAddress());
    }

    LocalBase find(InetSocketAddress address, boolean tcp) {
        for (LocalBase b : bases) {
            if (b.candidate().isTcp() == tcp && b.address().equals(address)) {
                return b;
            }
        }
        return null;
    }

    private void announce(Candidate candidate, InetAddress base, String url, String relayProtocol) {
        candidates.add(candidate);
        Candidate told = candidate.withUsernameFragment(usernameFragment.get());
        if (names.containsKey(base)) {
            told = candidate.type() == CandidateType.HOST
                    ? told.withHost(names.get(base))
                    : told.withRelated(unspecified(base));
        }
        events.add(new IceEvent.LocalCandidate(told, url, relayProtocol));
    }

    private static InetSocketAddress unspecified(InetAddress ofFamily) {
        return new InetSocketAddress(ofFamily instanceof Inet4Address ? "0.0.0.0" : "::", 0);
    }

    // ---------------------------------------------------------------- servers

    void addServer(long now, String url, InetSocketAddress address) {
        Server s = new Server(url, address);
        servers.add(s);
        for (LocalBase b : bases) {
            query(now, b, s);
        }
    }

    boolean hasServer(String url) {
        return servers.stream().anyMatch(s -> s.url.equals(url));
    }

    private void query(long now, LocalBase b, Server s) {
        InetAddress ip = b.address().getAddress();
        boolean sameFamily = ip.getClass() == s.address.getAddress().getClass();
        if (sameFamily
                && !b.isRelayed()
                && !b.candidate().isTcp()
                && !ip.isLinkLocalAddress()
                && ip.isLoopbackAddress() == s.address.getAddress().isLoopbackAddress()) {
            queries.start(now, b.address(), s.address, s.url);
        }
    }

    /** Takes a server's answer; false where the message is none. */
    boolean handleResponse(long now, StunMessage message, InetSocketAddress from) {
        StunServerQueries.Answer answer = queries.handleResponse(now, message, from);
        if (answer != null) {
            answered(answer);
        }
        return answer != null;
    }

    private void answered(StunServerQueries.Answer a) {
        if (a.again()) {
            return; // it only keeps the address; another than before would be news after the last
        }
        if (a.errorCode() != 0) {
            events.add(new IceEvent.ServerError(a.url(), a.base(), a.errorCode(), a.reason()));
        } else {
            addReflexive(a.base(), a.mapped(), a.server(), a.url());
        }
    }

    void handleTimeout(long now, Queue<Transmit> out) {
        List<StunServerQueries.Answer> answers = queries.handleTimeout(now, out);
        if (!answers.isEmpty()) {
            answers.forEach(this::answered);
        }
    }

    long nextTimeoutNanos() {
        return queries.nextTimeoutNanos();
    }

    /** The call has a path: what servers have told need not last any longer. */
    void stopKeepalives() {
        queries.stopKeepalives();
    }

    // ---------------------------------------------------------------- the end of it

    void beganElsewhere() {
        elsewhere++;
    }

    void endedElsewhere() {
        elsewhere--;
    }

    void addressesComplete() {
        addressesComplete = true;
    }

    /** Says once that no more is to come; true when it has just been said. */
    boolean announceEnd() {
        if (!addressesComplete || announced || queries.areOpen() || elsewhere > 0) {
            return false;
        }
        announced = true;
        events.add(new IceEvent.GatheringComplete());
        return true;
    }

    boolean isComplete() {
        return announced;
    }
}
