package dev.jvmrtc.ice;

import static dev.jvmrtc.core.ProtocolCore.NEVER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.ice.CandidatePair.State;
import dev.jvmrtc.stun.Transaction;
import dev.jvmrtc.stun.TransactionId;
import java.util.ArrayDeque;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** RFC 8445 §7.3.1.5 and §8.1.1. */
class NominationTest {
    private static final long NOW = 5_000_000_000L;

    private final CheckList list = new CheckList();
    private final Role role = new Role(true, false, 1, new ArrayDeque<>(), new Counters());
    private final Nomination nomination = new Nomination(list, role);

    private static TransactionId id(int n) {
        return new TransactionId(n, n);
    }

    private static OutgoingCheck check(CandidatePair pair, boolean nominates, boolean controlling) {
        Transaction t = new Transaction(NOW, id(1), new byte[0], Transaction.Schedule.constant(1, 1));
        return new OutgoingCheck(pair, nominates, controlling, t);
    }

    @Nested
    class Controlling {

        @Test
        void nothingIsNominatedBeforeAPairIsValid() {
            Pairs.host(list, 1, State.IN_PROGRESS);
            assertNull(nomination.pick(NOW));
            assertEquals(NEVER, nomination.nextTimeoutNanos());
        }

        @Test
        void theBestValidPairIsNominatedAtOnceWhereNoBetterOneIsBeingChecked() {
            Pairs.host(list, 3, State.SUCCEEDED);
            CandidatePair best = Pairs.host(list, 2, State.SUCCEEDED);
            Pairs.host(list, 1, State.FAILED);
            Pairs.host(list, 4, State.IN_PROGRESS);
            assertSame(best, nomination.pick(NOW));
            assertTrue(best.nominating);
        }

        @Test
        void aBetterPairThatIsStillBeingCheckedIsWaitedForAWhile() {
            CandidatePair better = Pairs.host(list, 1, State.IN_PROGRESS);
            CandidatePair valid = Pairs.host(list, 2, State.SUCCEEDED);
            assertNull(nomination.pick(NOW));
            assertEquals(NOW + Nomination.DELAY_NANOS, nomination.nextTimeoutNanos());
            assertNull(nomination.pick(NOW + Nomination.DELAY_NANOS - 1), "and no longer for being asked again");
            assertSame(valid, nomination.pick(NOW + Nomination.DELAY_NANOS));
            assertEquals(State.IN_PROGRESS, better.state);
        }

        @Test
        void whoIsNotControllingAnyMoreWaitsForNothing() {
            Pairs.host(list, 1, State.IN_PROGRESS);
            Pairs.host(list, 2, State.SUCCEEDED);
            assertNull(nomination.pick(NOW));
            role.set(false);
            nomination.roleSwitched();
            assertEquals(NEVER, nomination.nextTimeoutNanos());
        }

        @Test
        void aBetterPairThatTurnsOutValidMeanwhileIsTaken() {
            CandidatePair better = Pairs.host(list, 1, State.IN_PROGRESS);
            Pairs.host(list, 2, State.SUCCEEDED);
            assertNull(nomination.pick(NOW));
            better.state = State.SUCCEEDED;
            assertSame(better, nomination.pick(NOW + 1));
        }

        @Test
        void oneNominationIsEnough() {
            Pairs.host(list, 1, State.SUCCEEDED);
            CandidatePair first = nomination.pick(NOW);
            assertTrue(nomination.isDecided());
            assertNull(nomination.pick(NOW), "while it is being made");
            assertTrue(nomination.isMadeBy(check(first, true, true)));
            assertTrue(nomination.made(first));
            assertTrue(first.nominated && !first.nominating);
            assertNull(nomination.pick(NOW), "and when it has been made");
        }

        @Test
        void aCheckThatDidNotNominateMakesNone() {
            CandidatePair p = Pairs.host(list, 1, State.SUCCEEDED);
            assertFalse(nomination.isMadeBy(check(p, false, true)));
        }

        @Test
        void aDirectPairThatIsFoundLateTakesThePlaceOfARelay() {
            CandidatePair relay = Pairs.relayed(list, 1, State.SUCCEEDED);
            assertTrue(nomination.made(relay));
            assertNull(nomination.insteadOfRelay(relay), "there is none yet");
            CandidatePair direct = Pairs.host(list, 2, State.SUCCEEDED);
            assertSame(direct, nomination.insteadOfRelay(relay));
            assertNull(nomination.insteadOfRelay(relay), "it is being nominated");
        }

        @Test
        void aDirectPairIsNotLeftForAnother() {
            CandidatePair direct = Pairs.host(list, 2, State.SUCCEEDED);
            assertTrue(nomination.made(direct));
            Pairs.host(list, 1, State.SUCCEEDED);
            assertNull(nomination.insteadOfRelay(direct));
            assertNull(nomination.insteadOfRelay(null));
        }

        @Test
        void thePeerIsToldOnceThatDataHasMoved() {
            CandidatePair p = Pairs.host(list, 1, State.SUCCEEDED);
            assertTrue(nomination.moved(p));
            assertFalse(nomination.moved(p), "its check is under way");
        }

        @Test
        void whoSwitchesToTheControlledRoleNominatesNoMore() {
            CandidatePair p = Pairs.host(list, 1, State.SUCCEEDED);
            nomination.pick(NOW);
            role.refused(true);
            nomination.roleSwitched();
            assertFalse(p.nominating);
            assertFalse(nomination.isMadeBy(check(p, true, true)), "though the check of before is answered");
            assertFalse(nomination.moved(p));
        }
    }

    @Nested
    class Controlled {
        Controlled() {
            role.set(false);
        }

        @Test
        void aNominationThatIsSentAgainIsNoNews() {
            CandidatePair p = Pairs.host(list, 1, State.SUCCEEDED);
            assertTrue(nomination.hear(p, id(1)));
            assertFalse(nomination.hear(p, id(1)));
            assertTrue(nomination.hear(p, id(2)));
        }

        @Test
        void aPairThatDoesNotWorkYetIsFollowedWhenOurOwnCheckHasSucceeded() {
            CandidatePair p = Pairs.host(list, 1, State.IN_PROGRESS);
            nomination.hear(p, id(1));
            assertFalse(nomination.isMadeBy(check(p, false, false)));
            nomination.followOnSuccess(p);
            assertTrue(nomination.isMadeBy(check(p, false, false)));
            assertTrue(nomination.made(p));
            assertFalse(p.nominateOnSuccess);
        }

        @Test
        void ofSeveralNominationsTheLastCountsInWhateverOrderTheirPairsComeToWork() {
            CandidatePair first = Pairs.host(list, 1, State.IN_PROGRESS);
            CandidatePair second = Pairs.host(list, 2, State.IN_PROGRESS);
            nomination.hear(first, id(1));
            nomination.hear(second, id(2));
            assertTrue(nomination.made(second));
            assertFalse(nomination.made(first), "its own check came to an end late");
            assertTrue(first.nominated, "but it is nominated");
            nomination.hear(first, id(3));
            assertTrue(nomination.made(first), "nominated again, it takes data back");
        }

        @Test
        void aPairThatFailsIsFollowedNoMore() {
            CandidatePair p = Pairs.host(list, 1, State.IN_PROGRESS);
            nomination.followOnSuccess(p);
            nomination.failed(p);
            assertFalse(nomination.isMadeBy(check(p, false, false)));
        }

        @Test
        void nothingIsNominatedByUs() {
            CandidatePair relay = Pairs.relayed(list, 1, State.SUCCEEDED);
            relay.nominated = true;
            Pairs.host(list, 2, State.SUCCEEDED);
            assertNull(nomination.insteadOfRelay(relay));
            assertFalse(nomination.moved(relay));
        }
    }
}
