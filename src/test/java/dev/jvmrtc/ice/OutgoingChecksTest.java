package dev.jvmrtc.ice;

import static dev.jvmrtc.core.ProtocolCore.NEVER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Transmit;
import dev.jvmrtc.ice.CandidatePair.State;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.TransactionId;
import dev.jvmrtc.wire.MalformedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RFC 8445 §7.2.4, §7.3.1.4 and §14.3. */
class OutgoingChecksTest {
    private static final long MS = 1_000_000L;
    private static final long NOW = 1_000 * MS;

    private final ArrayDeque<Transmit> sent = new ArrayDeque<>();
    private final OutgoingChecks checks = new OutgoingChecks(RandomSource.seeded(1), 77, sent);
    private final CheckList list = new CheckList();
    private final Generation generation = new Generation(
            new IceCredentials("ours", "a-password-that-is-long-enough"),
            new IceCredentials("theirs", "b-password-that-is-long-enough"));

    private StunMessage last() throws MalformedException {
        byte[] m = sent.getLast().data();
        return StunMessage.parse(m, 0, m.length);
    }

    private TransactionId send(CandidatePair pair) throws MalformedException {
        checks.send(NOW, pair, true, generation);
        return last().transactionId();
    }

    /** Milliseconds from the check to the times at which it is sent again, and at the end that at which it fails. */
    private List<Long> timesUntilUnanswered(CandidatePair pair) {
        List<Long> times = new ArrayList<>();
        while (true) {
            long now = checks.nextTimeoutNanos();
            sent.clear();
            List<CandidatePair> unanswered = checks.handleTimeout(now);
            if (unanswered.contains(pair)
                    || sent.stream().anyMatch(t -> t.remote().equals(pair.remoteAddress))) {
                times.add((now - NOW) / MS);
            }
            unanswered.forEach(checks::abandon);
            if (unanswered.contains(pair)) {
                return times;
            }
        }
    }

    @Test
    void aCheckSaysWhoAsksWhomInWhichRoleAndIsSigned() throws MalformedException {
        CandidatePair p = Pairs.host(list, 1, State.WAITING);
        send(p);
        StunMessage m = last();
        assertEquals("theirs:ours", m.text(StunAttribute.USERNAME));
        assertEquals(77L, m.u64(StunAttribute.ICE_CONTROLLING));
        assertFalse(m.has(StunAttribute.ICE_CONTROLLED) || m.has(StunAttribute.USE_CANDIDATE));
        assertTrue(m.hasIntegrity(generation.remote().key()));
        p.nominating = true;
        send(p);
        assertTrue(last().has(StunAttribute.USE_CANDIDATE));
        checks.send(NOW, p, false, generation);
        assertEquals(77L, last().u64(StunAttribute.ICE_CONTROLLED));
        assertFalse(last().has(StunAttribute.USE_CANDIDATE), "the controlled agent nominates nothing");
        assertEquals(3, p.requestsSent);
    }

    @Test
    void aCheckIsSentSevenTimesAndThenUnanswered() throws MalformedException {
        CandidatePair p = Pairs.host(list, 1, State.IN_PROGRESS);
        send(p);
        assertEquals(List.of(500L, 1_500L, 3_500L, 7_500L, 15_500L, 31_500L, 63_500L), timesUntilUnanswered(p));
        assertEquals(7, p.requestsSent);
        assertEquals(NEVER, checks.nextTimeoutNanos());
    }

    @Test
    void manyChecksAtOnceAreSentAgainTheSlower() throws MalformedException {
        for (int i = 0; i < 20; i++) {
            send(Pairs.host(list, i + 1, State.IN_PROGRESS));
        }
        CandidatePair last = Pairs.host(list, 21, State.IN_PROGRESS);
        send(last);
        assertEquals(1_000L, timesUntilUnanswered(last).get(0), "twenty run: 20 · Ta");
    }

    @Test
    void aCheckOverTcpIsSentOnce() throws MalformedException {
        CandidatePair p = new CandidatePair(
                Pairs.remote(1),
                Candidate.tcp(CandidateType.HOST, Pairs.remote(1), null, 1, "active"),
                Pairs.remote(2),
                Candidate.tcp(CandidateType.HOST, Pairs.remote(2), null, 1, "passive"));
        p.stream = 5;
        send(p);
        assertEquals(5, sent.getLast().stream());
        assertEquals(List.of(39_500L), timesUntilUnanswered(p));
    }

    @Test
    void anotherCheckOfThePairTakesThePlaceOfTheOneThatRuns() throws MalformedException {
        CandidatePair p = Pairs.host(list, 1, State.IN_PROGRESS);
        TransactionId first = send(p);
        TransactionId second = send(p);
        assertNotEquals(first, second);
        assertNull(checks.find(first));
        assertEquals(p, checks.find(second).pair());
    }

    @Test
    void aCancelledCheckIsNotSentAgainAndItsAnswerStillGood() throws MalformedException {
        CandidatePair p = Pairs.host(list, 1, State.IN_PROGRESS);
        p.nominating = true;
        TransactionId id = send(p);
        checks.cancel(p);
        assertEquals(NEVER, checks.nextTimeoutNanos());
        sent.clear();
        assertEquals(List.of(), checks.handleTimeout(NOW + 100_000 * MS));
        assertTrue(sent.isEmpty());
        p.nominating = false;
        OutgoingCheck cancelled = checks.find(id);
        assertTrue(cancelled.nominates() && cancelled.controlling(), "as it was sent");
        assertEquals(30 * MS, cancelled.transaction().ageNanos(NOW + 30 * MS));
        send(p);
        assertNotNull(checks.find(id), "beside the one in its place");
    }

    @Test
    void theAnswerToACancelledCheckIsGoodUntilTheNextOneIsCancelled() throws MalformedException {
        CandidatePair p = Pairs.host(list, 1, State.IN_PROGRESS);
        TransactionId first = send(p);
        checks.cancel(p);
        checks.cancel(p);
        assertNotNull(checks.find(first), "nothing has run since");
        TransactionId second = send(p);
        checks.cancel(p);
        assertNull(checks.find(first));
        assertNotNull(checks.find(second));
    }

    @Test
    void aPairThatIsAbandonedHasNoChecksAndOthersKeepTheirs() throws MalformedException {
        CandidatePair p = Pairs.host(list, 1, State.IN_PROGRESS);
        CandidatePair other = Pairs.host(list, 2, State.IN_PROGRESS);
        TransactionId cancelled = send(p);
        checks.cancel(p);
        TransactionId running = send(p);
        TransactionId ofOther = send(other);
        checks.abandon(p);
        assertNull(checks.find(cancelled));
        assertNull(checks.find(running));
        assertNotNull(checks.find(ofOther));
    }

    @Test
    void aQuestionAfterConsentIsNoneOfTheChecks() throws MalformedException {
        CandidatePair p = Pairs.host(list, 1, State.SUCCEEDED);
        p.nominating = true;
        TransactionId id = checks.sendConsent(p, true, generation);
        assertEquals(id, last().transactionId());
        assertFalse(last().has(StunAttribute.USE_CANDIDATE));
        assertNull(checks.find(id));
        assertEquals(1, p.consentRequestsSent);
    }
}
