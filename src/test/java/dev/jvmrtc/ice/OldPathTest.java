package dev.jvmrtc.ice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** ICE restarts, and nothing new is found soon: what becomes of the path of until now. */
class OldPathTest extends TwoAgents {
    private final IceCredentials newA = new IceCredentials("AAAA", "A-password-that-is-long-enough");
    private final IceCredentials newB = new IceCredentials("BBBB", "B-password-that-is-long-enough");

    @Override
    void connect() {
        super.connect();
        assertEquals(IceState.CONNECTED, a.state());
    }

    /** Both know of it, and neither has an address for it yet. */
    private void restart() {
        a.restart(now, newA);
        b.restart(now, newB);
        a.setRemoteCredentials(now, newB, false);
        b.setRemoteCredentials(now, newA, false);
    }

    private void findNewPath() {
        a.addLocalAddress(now, A2, 65_535);
        b.addLocalAddress(now, B2, 65_535);
        a.addRemoteCandidate(now, Candidate.host(B2, 65_535));
        b.addRemoteCandidate(now, Candidate.host(A2, 65_535));
        runFor(2 * SECOND);
    }

    private long restartsNeeded(IceAgent agent) {
        return events(agent).stream()
                .filter(IceEvent.RestartNeeded.class::isInstance)
                .count();
    }

    @Test
    void aPathThatWorksIsNotFailedByARestartThatFindsNoOther() {
        connect();
        restart();
        runFor(300 * SECOND);
        assertEquals(IceState.CONNECTED, a.state());
        assertEquals(IceState.CONNECTED, b.state());
        assertEquals(B, a.selectedPair().remoteAddress());
        assertEquals(0, restartsNeeded(a));
        findNewPath();
        assertEquals(B2, a.selectedPair().remoteAddress());
        assertEquals(A2, b.selectedPair().remoteAddress());
        assertTrue(a.selectedPair().isNominated());
    }

    @Test
    void aPathThatComesBackDuringTheRestartThatItsLossCalledForIsConnectedAgain() {
        connect();
        cut = true;
        runFor(12 * SECOND);
        assertEquals(IceState.DISCONNECTED, a.state());
        assertEquals(1, restartsNeeded(a));
        restart();
        assertEquals(IceState.CHECKING, a.state());
        cut = false;
        runFor(2 * SECOND);
        assertEquals(IceState.CONNECTED, a.state());
        assertEquals(IceState.CONNECTED, b.state());
        runFor(120 * SECOND);
        assertEquals(IceState.CONNECTED, a.state());
        assertNotNull(a.selectedPair());
        findNewPath();
        assertEquals(B2, a.selectedPair().remoteAddress());
    }

    @Test
    void anOldPathThatFallsSilentDuringARestartIsLeftWhenConsentEndsAndAnotherIsStillLookedFor() {
        connect();
        restart();
        runFor(15 * SECOND);
        events(a);
        cut = true;
        runFor(12 * SECOND);
        assertEquals(IceState.CHECKING, a.state(), "not disconnected: a path is looked for");
        assertEquals(0, restartsNeeded(a), "a restart is under way");
        runFor(15 * SECOND);
        assertEquals(IceState.FAILED, a.state(), "39.5 s after the restart");
        assertEquals(1, restartsNeeded(a));
        assertNull(a.selectedPair());
    }

    @Test
    void nothingIsSentOverAnOldPathWithoutConsentAndANewOneIsFoundAllTheSame() {
        connect();
        runFor(10 * SECOND);
        cut = true;
        runFor(20 * SECOND);
        restart();
        runFor(16 * SECOND);
        assertNull(a.selectedPair(), "RFC 7675: 30 s");
        assertEquals(IceState.CHECKING, a.state());
        cut = false;
        events(a);
        findNewPath();
        assertEquals(IceState.CONNECTED, a.state());
        assertTrue(events(a).stream().anyMatch(e -> e instanceof IceEvent.SelectedPairChanged c && c.oldPathLost()));
    }

    @Test
    void aSecondRestartBeforeTheFirstHasFoundAnythingKeepsThePathToo() {
        connect();
        restart();
        IceCredentials third = new IceCredentials("cccc", "c-password-that-is-long-enough");
        a.restart(now, third);
        b.restart(now, newB);
        a.setRemoteCredentials(now, newB, false);
        b.setRemoteCredentials(now, third, false);
        runFor(100 * SECOND);
        assertEquals(IceState.CONNECTED, a.state());
        assertEquals(IceState.CONNECTED, b.state());
        assertNotNull(a.selectedPair());
    }

    @Test
    void aLiteAgentHearsByThePeersQuestionsThatThePathOfBeforeWorks() {
        b = agent(credB, false, true, 2);
        connect();
        restart();
        runFor(120 * SECOND);
        assertEquals(IceState.CONNECTED, b.state());
        assertEquals(IceState.CONNECTED, a.state());
    }
}
