package dev.jvmrtc.ice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.core.Transmit;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.TransactionId;
import dev.jvmrtc.wire.LentBytes;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/**
 * What one message of a hostile peer costs at the worst state that peer can bring about: some walks over the pairs, of
 * which there are so many and no more.
 */
class BoundedWorkTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int BASES = 4;
    /** Walks over all pairs that one message may cause. */
    private static final int WALKS = 20;

    private final IceCredentials local = new IceCredentials("aaaaaaaa", "a-password-that-is-long-enough");
    private final IceCredentials remote = new IceCredentials("bbbbbbbb", "b-password-that-is-long-enough");
    private int streams;
    private int transactions;
    private long now = SECOND;
    private final IceAgent agent = new IceAgent(local, true, false, RandomSource.seeded(1), () -> ++streams);

    private static InetSocketAddress ours(int i) {
        return new InetSocketAddress("10.0.0." + (i + 1), 41_000);
    }

    private static InetSocketAddress theirs(int i) {
        return new InetSocketAddress("10.1." + i / 200 + "." + (i % 200 + 1), 5_000);
    }

    private byte[] check(boolean controlling, boolean nominates, long tieBreaker) {
        StunMessage.Writer w = StunMessage.write(
                        StunMessage.BINDING, StunClass.REQUEST, new TransactionId(7, ++transactions))
                .text(StunAttribute.USERNAME, local.usernameFragment() + ":" + remote.usernameFragment())
                .u32(StunAttribute.PRIORITY, transactions)
                .u64(controlling ? StunAttribute.ICE_CONTROLLING : StunAttribute.ICE_CONTROLLED, tieBreaker);
        return (nominates ? w.flag(StunAttribute.USE_CANDIDATE) : w)
                .integrity(local.key())
                .fingerprinted();
    }

    private long cost(Runnable message) {
        return Steps.of(message);
    }

    private void assertBounded(String what, long steps) {
        assertTrue(steps <= (long) WALKS * CheckList.MAX_PAIRS + 200, what + " cost " + steps + " steps");
    }

    private int sent() {
        int n = 0;
        for (Transmit t = agent.pollTransmit(); t != null; t = agent.pollTransmit()) {
            n++;
        }
        return n;
    }

    /** All pairs taken, most of them by the addresses of checks. */
    private void fill() {
        for (int i = 0; i < BASES; i++) {
            agent.addLocalAddress(now, ours(i), 65_535 - i);
        }
        agent.setRemoteCredentials(now, remote, false);
        for (int i = 0; i < 3 * CheckList.MAX_PAIRS; i++) {
            byte[] c = check(false, false, 5);
            InetSocketAddress from = theirs(i);
            assertBounded(
                    "a check from a new address",
                    cost(() -> agent.handleDatagram(now, ours(0), from, LentBytes.of(c))));
        }
        assertEquals(IceAgent.MAX_REMOTE_CANDIDATES, agent.remoteCandidates().size());
        assertTrue(agent.pairs().size() <= CheckList.MAX_PAIRS);
        sent();
    }

    @Test
    void noMessageCostsMoreThanSomeWalksOverThePairs() {
        fill();
        for (int i = 0; i < 2_000; i++) {
            byte[] c = check(i % 3 == 0, i % 2 == 0, i % 5 == 0 ? -1 : 0);
            InetSocketAddress from = theirs(i % 120);
            InetSocketAddress to = ours(i % BASES);
            assertBounded("check " + i, cost(() -> agent.handleDatagram(now, to, from, LentBytes.of(c))));
            InetSocketAddress candidate = theirs(i);
            assertBounded(
                    "candidate " + i, cost(() -> agent.addRemoteCandidate(now, Candidate.host(candidate, 1))) / BASES);
            now += SECOND / 1_000;
            if (agent.nextTimeoutNanos() <= now) {
                assertBounded("a timer", cost(() -> agent.handleTimeout(now)));
            }
            sent();
        }
        assertTrue(agent.drops().get("role conflict, too many") > 0);
        int roles = 0;
        for (IceEvent e = agent.pollEvent(); e != null; e = agent.pollEvent()) {
            roles += e instanceof IceEvent.RoleChanged ? 1 : 0;
        }
        assertTrue(roles <= Role.MAX_SWITCHES, roles + " changes of the role");
    }

    @Test
    void addressesThatAPeerNamesAreSentSoManyChecksAndNoFasterThanTheyArePaced() {
        fill();
        long begin = now;
        int checks = 0;
        int answers = 0;
        int asked = 0;
        InetSocketAddress victim = theirs(3);
        for (int i = 0; i < 60_000; i++) { // a minute
            now += SECOND / 1_000;
            if (i % 3 == 0) {
                byte[] c = check(false, false, 5);
                asked++;
                agent.handleDatagram(now, ours(0), victim, LentBytes.of(c));
            }
            if (agent.nextTimeoutNanos() <= now) {
                agent.handleTimeout(now);
            }
            for (Transmit t = agent.pollTransmit(); t != null; t = agent.pollTransmit()) {
                boolean answer = (t.data()[0] & 1) == 1;
                answers += answer ? 1 : 0;
                checks += answer || !t.remote().equals(victim) ? 0 : 1;
            }
        }
        assertTrue(answers <= asked, "one answer for each question");
        assertTrue(
                checks <= ConnectivityChecks.MAX_UNANSWERED + 7,
                checks + " checks to one that answers none, in " + (now - begin) / SECOND + " s");
    }
}
