package dev.jvmrtc.ice;

import dev.jvmrtc.core.Counters;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The peer's candidates of the present generation: those that it has signalled, and those that its checks have shown.
 * Bounded, and none that could make us send where we must not: see {@link Reach}.
 */
final class RemoteCandidates {

    /** UDP and TCP candidates may have the same address and port. */
    private record Key(boolean tcp, InetSocketAddress address) {}

    private final Counters drops;
    /** The oldest first. */
    private final Map<Key, Candidate> candidates = new LinkedHashMap<>();
    /** Which addresses the application wants. */
    private Predicate<InetSocketAddress> filter = a -> true;

    RemoteCandidates(Counters drops) {
        this.drops = drops;
    }

    List<Candidate> all() {
        return List.copyOf(candidates.values());
    }

    void clear() {
        candidates.clear();
    }

    /** Which addresses of the peer the application wants at all. */
    void setFilter(Predicate<InetSocketAddress> wanted) {
        filter = wanted;
    }

    /**
     * Whether a check may come this way: from a candidate that we have, or from an address that the filter takes; else
     * counted.
     */
    boolean admits(Route route) {
        return candidates.containsKey(new Key(route.stream() != 0, route.remote())) || passesFilter(route.remote());
    }

    /** Whether the application's filter takes the address; false, and counted, where it does not or fails. */
    private boolean passesFilter(InetSocketAddress address) {
        boolean passes;
        try {
            passes = filter.test(address);
        } catch (RuntimeException e) {
            passes = false;
        }
        if (!passes) {
            drops.count(CandidateRefusal.FILTERED.reason());
        }
        return passes;
    }

    /** Takes a signalled one; false where it is known, of no use, or one too many. */
    boolean add(Candidate candidate, IceCredentials peer) {
        InetSocketAddress address = candidate.address();
        if (candidate.component() != 1
                || candidate.isTcp() && !candidate.isActiveTcp() && !"passive".equals(candidate.tcpType())) {
            drops.count("remote candidate not supported");
            return false;
        }
        if (address != null && candidate.isActiveTcp()) {
            address = new InetSocketAddress(
                    address.getAddress(),
                    Candidate.ACTIVE_PORT); // RFC 6544 §4.5: nobody connects there, its port means nothing
        }
        if (address == null || !Reach.isUsable(address)) {
            drops.count(CandidateRefusal.UNUSABLE.reason());
            return false;
        }
        if (!candidate.isActiveTcp() && !Reach.mayBeAsked(address)) {
            drops.count(CandidateRefusal.SYSTEM_PORT.reason());
            return false;
        }
        if (candidate.usernameFragment() != null
                && peer != null
                && !candidate.usernameFragment().equals(peer.usernameFragment())) {
            drops.count("remote candidate of another generation");
            return false;
        }
        Key key = new Key(candidate.isTcp(), address);
        Candidate known = candidates.get(key);
        if (known == null && isFull()) {
            return false;
        }
        if (known != null && known.type() != CandidateType.PEER_REFLEXIVE || !passesFilter(address)) {
            return false;
        }
        // RFC 8838 §11.4: a candidate learnt from a check and now signalled takes on the signalled type and priority.
        candidates.put(key, candidate);
        return true;
    }

    /**
     * The one that a check came from, a peer-reflexive one where it has not been signalled (RFC 8445 §7.3.1.3); null
     * where there are too many.
     */
    Candidate learn(Route route, long priority) {
        boolean tcp = route.stream() != 0;
        InetSocketAddress from = route.remote();
        Candidate known = candidates.get(new Key(tcp, from));
        if (known == null && tcp) {
            // A peer's streams come from any port; what it has signalled is an active candidate of that address.
            known = candidates.get(new Key(true, new InetSocketAddress(from.getAddress(), Candidate.ACTIVE_PORT)));
        }
        if (known != null || isFull()) {
            return known;
        }
        known = new Candidate(
                "prflx" + from.getPort(),
                1,
                tcp ? "tcp" : "udp",
                priority,
                Candidate.literal(from.getAddress()),
                from.getPort(),
                CandidateType.PEER_REFLEXIVE,
                null,
                0,
                tcp ? "active" : null,
                null);
        candidates.put(new Key(tcp, from), known);
        return known;
    }

    private boolean isFull() {
        if (candidates.size() < IceAgent.MAX_REMOTE_CANDIDATES) {
            return false;
        }
        drops.count("too many remote candidates");
        return true;
    }
}
