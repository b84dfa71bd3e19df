package dev.jvmrtc.ice;

import dev.jvmrtc.core.Counters;
import java.net.InetSocketAddress;

/**
 * Candidates that nobody has signalled and that checks bring to light: the peer's (RFC 8445 §7.3.1.3) and our own
 * (§7.2.5.3.1).
 */
final class PeerReflexive {
    private final Gathering gathering;
    private final RemoteCandidates remoteCandidates;
    private final CheckList checkList;
    private final Role role;
    private final Counters drops;

    PeerReflexive(
            Gathering gathering, RemoteCandidates remoteCandidates, CheckList checkList, Role role, Counters drops) {
        this.gathering = gathering;
        this.remoteCandidates = remoteCandidates;
        this.checkList = checkList;
        this.role = role;
        this.drops = drops;
    }

    /**
     * The pair of a check that came by a way not known before; null, and counted, where there can be none. RFC 8445
     * §7.3.1.4: "the agent constructs a pair whose local candidate has the transport address (as seen by the agent) on
     * which the STUN request was received and a remote candidate equal to the source transport address where the
     * request came from".
     */
    CandidatePair pairOf(IncomingChecks.Check check) {
        Route route = check.route();
        LocalBase b = gathering.find(route.base(), route.stream() != 0);
        Candidate remote = remoteCandidates.learn(route, check.priority());
        if (remote == null) {
            return null;
        }
        CandidatePair pair = b == null ? null : checkList.formFor(route, b.candidate(), remote, role.isControlling());
        if (pair == null) {
            drops.count("STUN request that forms no pair");
        }
        return pair;
    }

    /**
     * The peer has answered, and says how it sees us. RFC 8445 §7.2.5.3.1: where the mapped address is none of the
     * local candidates "that the agent knows about, the mapped address represents a new candidate: a peer-reflexive
     * candidate".
     *
     * @param mapped null where the answer does not say
     */
    void learnLocal(CandidatePair pair, InetSocketAddress mapped) {
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
}
