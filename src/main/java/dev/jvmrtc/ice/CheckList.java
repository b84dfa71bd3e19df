package dev.jvmrtc.ice;

import dev.jvmrtc.core.Steps;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The candidate pairs of one transport: forms, prunes and orders them, and says which to check next (RFC 8445 §6.1.2,
 * §6.1.4). Sends nothing.
 */
final class CheckList {

    /** RFC 8445 §6.1.2.5: "an agent MUST limit the total number of connectivity checks … a default of 100". */
    static final int MAX_PAIRS = 100;

    /** In the order in which they were formed. */
    private final List<CandidatePair> pairs = new ArrayList<>();
    /** Those that are checked before all others, in order. */
    private final ArrayDeque<CandidatePair> triggered = new ArrayDeque<>();

    List<CandidatePair> pairs() {
        return Collections.unmodifiableList(pairs);
    }

    void clear() {
        pairs.clear();
        triggered.clear();
    }

    /** The pair that messages on the route belong to, or null. */
    CandidatePair find(Route route) {
        for (CandidatePair p : pairs) {
            assert Steps.count();
            if (p.isOn(route)) {
                return p;
            }
        }
        return null;
    }

    private CandidatePair find(boolean tcp, InetSocketAddress base, InetSocketAddress remote) {
        for (CandidatePair p : pairs) {
            assert Steps.count();
            if (p.isTcp() == tcp && p.base.equals(base) && p.remoteAddress.equals(remote)) {
                return p;
            }
        }
        return null;
    }

    /**
     * Pairs a base with a remote candidate unless the pair exists or cannot work; null if not. At the limit the worst
     * waiting pair gives way.
     */
    CandidatePair form(
            InetSocketAddress base,
            Candidate local,
            InetSocketAddress remoteAddress,
            Candidate remote,
            boolean controlling) {
        // RFC 6544 §6.2: an active candidate goes with a passive one; pairs whose local candidate is passive wait for
        // the peer to open the stream.
        boolean fit = local.isTcp() ? local.isActiveTcp() && remote.isTcp() && !remote.isActiveTcp() : !remote.isTcp();
        boolean reachable = local.type() == CandidateType.RELAYED
                ? !isBeyond(base, remoteAddress)
                : sameMachine(base, remoteAddress);
        if (!fit || !reachable || !compatible(base, remoteAddress)) {
            return null;
        }
        return addNew(base, local, remoteAddress, remote, controlling);
    }

    private CandidatePair addNew(
            InetSocketAddress base,
            Candidate local,
            InetSocketAddress remoteAddress,
            Candidate remote,
            boolean controlling) {
        return find(local.isTcp(), base, remoteAddress) != null
                ? null
                : add(new CandidatePair(base, local, remoteAddress, remote), controlling);
    }

    /**
     * The pair of an authentic check that came by a way not known before, and has shown by that that the way exists;
     * null where there is no room.
     */
    CandidatePair formFor(Route route, Candidate local, Candidate remote, boolean controlling) {
        if (route.stream() == 0) {
            return addNew(route.base(), local, route.remote(), remote, controlling);
        }
        // The same two ports with another stream: the one before is gone.
        CandidatePair pair = find(true, route.base(), route.remote());
        if (pair == null) {
            pair = add(new CandidatePair(route.base(), local, route.remote(), remote), controlling);
        }
        if (pair != null) {
            pair.stream = route.stream();
        }
        return pair;
    }

    private CandidatePair add(CandidatePair pair, boolean controlling) {
        if (pairs.size() >= MAX_PAIRS && !evictWorseThan(pair.priority(controlling), controlling)) {
            return null;
        }
        pairs.add(pair);
        return pair;
    }

    private static boolean compatible(InetSocketAddress base, InetSocketAddress remote) {
        boolean sameFamily = base.getAddress().getClass() == remote.getAddress().getClass();
        // A link-local address is reachable only through its own link (RFC 8445 §6.1.2.2 pairs link-local with
        // link-local only).
        return sameFamily
                && (base.getAddress().isAnyLocalAddress()
                        || base.getAddress().isLinkLocalAddress()
                                == remote.getAddress().isLinkLocalAddress());
    }

    /** What a peer says is on our own machine is none of its business, unless we have said that we are there too. */
    private static boolean sameMachine(InetSocketAddress base, InetSocketAddress remote) {
        return base.getAddress().isLoopbackAddress() == remote.getAddress().isLoopbackAddress();
    }

    /**
     * A public relay cannot reach a private address, which means something in the peer's own network only. Trying is
     * worse than useless: coturn 4.6 gives up the whole allocation when its network has no route there.
     */
    private static boolean isBeyond(InetSocketAddress relay, InetSocketAddress remote) {
        return !Reach.isPrivate(relay.getAddress()) && Reach.isPrivate(remote.getAddress());
    }

    private boolean evictWorseThan(long priority, boolean controlling) {
        CandidatePair worst = null;
        for (CandidatePair p : pairs) {
            assert Steps.count();
            boolean replaceable = (p.state == CandidatePair.State.WAITING || p.state == CandidatePair.State.FAILED)
                    && !p.nominated
                    && p.stream == 0;
            if (replaceable && (worst == null || p.priority(controlling) < worst.priority(controlling))) {
                worst = p;
            }
        }
        if (worst == null || worst.state == CandidatePair.State.WAITING && worst.priority(controlling) >= priority) {
            return false;
        }
        triggered.remove(worst);
        return pairs.remove(worst);
    }

    /** RFC 8445 §6.1.4.1: the triggered-check queue goes first. */
    void trigger(CandidatePair pair) {
        assert Steps.count(triggered.size());
        if (!triggered.contains(pair)) {
            triggered.add(pair);
        }
    }

    /** The check for which it was triggered is needed no longer. */
    void untrigger(CandidatePair pair) {
        assert Steps.count(triggered.size());
        triggered.remove(pair);
    }

    boolean hasTriggered() {
        return !triggered.isEmpty();
    }

    /**
     * The pair to check now: triggered ones in order, else the waiting one of the highest priority; null if there is
     * none.
     */
    CandidatePair next(boolean controlling) {
        CandidatePair pair = triggered.poll();
        if (pair != null) {
            return pair;
        }
        for (CandidatePair p : pairs) {
            assert Steps.count();
            if (p.state == CandidatePair.State.WAITING
                    && (pair == null || p.priority(controlling) > pair.priority(controlling))) {
                pair = p;
            }
        }
        return pair;
    }

    boolean hasWaiting() {
        assert Steps.count(pairs.size());
        return hasTriggered() || pairs.stream().anyMatch(p -> p.state == CandidatePair.State.WAITING);
    }

    boolean hasUnfinished() {
        assert Steps.count(pairs.size());
        return hasTriggered()
                || pairs.stream()
                        .anyMatch(p ->
                                p.state == CandidatePair.State.WAITING || p.state == CandidatePair.State.IN_PROGRESS);
    }

    /** The succeeded pair of the highest priority, or null. */
    CandidatePair bestValid(boolean controlling) {
        CandidatePair best = null;
        for (CandidatePair p : pairs) {
            assert Steps.count();
            if (p.state == CandidatePair.State.SUCCEEDED
                    && (best == null || p.priority(controlling) > best.priority(controlling))) {
                best = p;
            }
        }
        return best;
    }

    boolean hasUnfinishedBetterThan(CandidatePair valid, boolean controlling) {
        long priority = valid.priority(controlling);
        assert Steps.count(pairs.size());
        return pairs.stream()
                .anyMatch(p -> (p.state == CandidatePair.State.WAITING || p.state == CandidatePair.State.IN_PROGRESS)
                        && p.priority(controlling) > priority);
    }
}
