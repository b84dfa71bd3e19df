package dev.jvmrtc.ice;

import dev.jvmrtc.ice.CandidatePair.State;
import java.net.InetSocketAddress;

/** Candidate pairs for tests of what handles them. */
final class Pairs {
    private static final InetSocketAddress BASE = new InetSocketAddress("10.0.0.1", 41_000);

    private Pairs() {}

    static InetSocketAddress remote(int i) {
        return new InetSocketAddress("10.0.1." + i, 42_000);
    }

    /** A pair of the check list; the later, the lower its priority. */
    static CandidatePair host(CheckList list, int i, State state) {
        CandidatePair p =
                list.form(BASE, Candidate.host(BASE, 65_535), remote(i), Candidate.host(remote(i), 65_535 - i), true);
        p.state = state;
        return p;
    }

    /** The same, over a TURN server of ours: of a lower priority than any other. */
    static CandidatePair relayed(CheckList list, int i, State state) {
        InetSocketAddress relay = new InetSocketAddress("10.0.2.1", 50_000);
        CandidatePair p = list.form(
                relay,
                Candidate.of(CandidateType.RELAYED, relay, BASE, 65_535, "turn"),
                remote(i),
                Candidate.host(remote(i), 65_535 - i),
                true);
        p.state = state;
        return p;
    }
}
