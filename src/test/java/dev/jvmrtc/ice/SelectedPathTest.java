package dev.jvmrtc.ice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.ice.CandidatePair.State;
import dev.jvmrtc.stun.TransactionId;
import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;

class SelectedPathTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = 5 * SECOND;

    private final ArrayDeque<IceEvent> events = new ArrayDeque<>();
    private final Connectivity connectivity = new Connectivity(events);
    private final SelectedPath path = new SelectedPath(RandomSource.seeded(1), connectivity, events);
    private final CheckList list = new CheckList();
    private final CandidatePair first = Pairs.host(list, 1, State.SUCCEEDED);
    private final CandidatePair second = Pairs.host(list, 2, State.SUCCEEDED);
    private final Generation generation = new Generation(
            new IceCredentials("ours", "a-password-that-is-long-enough"),
            new IceCredentials("theirs", "b-password-that-is-long-enough"));

    private IceEvent.SelectedPairChanged lastChange() {
        IceEvent.SelectedPairChanged last = null;
        for (IceEvent e = events.poll(); e != null; e = events.poll()) {
            last = e instanceof IceEvent.SelectedPairChanged c ? c : last;
        }
        return last;
    }

    /** The first answers no question any more; the time at which that is known. */
    private long fallSilent() {
        long now = NOW;
        while (!path.hasFallenSilent(now)) {
            if (path.isQuestionDue(now)) {
                path.asked(new TransactionId(now, 1), now);
            }
            now += SECOND / 10;
        }
        path.lose(now);
        return now;
    }

    @Test
    void aPairThatIsSelectedIsToldOnce() {
        path.select(NOW, first, generation);
        assertSame(first, path.pair());
        assertTrue(connectivity.is(IceState.CONNECTED));
        assertEquals(new IceEvent.SelectedPairChanged(first.local, first.remote, false), lastChange());
        path.select(NOW, first, generation);
        assertNull(lastChange());
    }

    @Test
    void whetherThePathBeforeHadStoppedWorkingIsTold() {
        path.select(NOW, first, generation);
        path.select(NOW, second, generation);
        assertFalse(lastChange().oldPathLost());
        second.state = State.FAILED;
        path.select(NOW, first, generation);
        assertTrue(lastChange().oldPathLost());
    }

    @Test
    void anAnswerRenewsConsentAndMeasuresTheRoundTrip() {
        path.select(NOW, first, generation);
        long asked = NOW + 6 * SECOND;
        assertTrue(path.isQuestionDue(asked));
        TransactionId id = new TransactionId(1, 2);
        path.asked(id, asked);
        assertFalse(path.answered(asked + SECOND / 20, new TransactionId(3, 4)), "none of ours");
        assertTrue(path.answered(asked + SECOND / 20, id));
        assertEquals(SECOND / 20, first.currentRttNanos);
        assertFalse(path.isConsentExpired(asked + 29 * SECOND));
        assertTrue(path.isConsentExpired(asked + SECOND / 20 + 30 * SECOND), "RFC 7675 §5.1");
    }

    @Test
    void aPathThatHasFallenSilentIsLostUntilItIsHeardAgain() {
        path.select(NOW, first, generation);
        long now = fallSilent();
        assertTrue(now - NOW < 10 * SECOND, "after " + (now - NOW));
        assertTrue(connectivity.is(IceState.DISCONNECTED));
        assertTrue(path.isDead());
        assertFalse(path.hasFallenSilent(now), "which is known by now");
        assertTrue(path.heard());
        assertTrue(connectivity.is(IceState.CONNECTED));
        assertFalse(path.heard(), "it had not been missed");
    }

    @Test
    void dataGoesOnOverThePathOfTheGenerationBeforeUntilThereIsAnother() {
        path.select(NOW, first, generation);
        path.restart();
        connectivity.restarted(NOW);
        assertTrue(path.isOld());
        assertSame(first, path.pair());
        assertSame(generation, path.generation(), "whose credentials it works with");
        Generation next = new Generation(generation.local(), generation.remote());
        path.select(NOW, second, next);
        assertFalse(path.isOld());
        assertSame(next, path.generation());
        assertFalse(lastChange().oldPathLost());
    }

    @Test
    void anOldPathThatIsLostLeavesTheSearchForAnotherGoingOn() {
        path.select(NOW, first, generation);
        path.restart();
        connectivity.restarted(NOW);
        path.lose(NOW);
        assertTrue(connectivity.is(IceState.CHECKING));
        assertFalse(path.heard());
        assertTrue(connectivity.is(IceState.CONNECTED), "it has come back");
        path.dropOld();
        assertNull(path.pair());
        assertTrue(connectivity.is(IceState.CHECKING));
        assertFalse(path.isConsentExpired(NOW + 100 * SECOND), "there is none to expire");
        path.select(NOW, second, generation);
        assertTrue(lastChange().oldPathLost());
    }

    @Test
    void aRestartBeforeAnyPathLeavesNoOldOne() {
        path.restart();
        assertFalse(path.isOld());
    }
}
