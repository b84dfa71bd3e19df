package dev.jvmrtc.ice;

import static dev.jvmrtc.core.ProtocolCore.NEVER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CheckTimerTest {
    private static final long TA = OutgoingChecks.TA_NANOS;

    private final CheckTimer timer = new CheckTimer();

    @Test
    void theFirstCheckIsDueAtOnce() {
        timer.start(7);
        assertTrue(timer.isDue(7));
    }

    @Test
    void theNextIsDueATaLater() {
        timer.start(7);
        timer.fired(7, true);
        assertFalse(timer.isDue(7 + TA - 1));
        assertTrue(timer.isDue(7 + TA));
    }

    @Test
    void whatCallsForACheckSoonAfterOneWaitsForTheRestOfTa() {
        timer.start(7);
        timer.fired(7, false);
        assertEquals(NEVER, timer.nextTimeoutNanos(), "nothing waits");
        timer.start(7 + TA / 4);
        assertEquals(7 + TA, timer.nextTimeoutNanos());
    }

    @Test
    void whatCallsForACheckLongAfterOneDoesNotWait() {
        timer.start(7);
        timer.fired(7, false);
        timer.start(7 + 9 * TA);
        assertTrue(timer.isDue(7 + 9 * TA));
    }

    @Test
    void stoppingForgetsTheCheckThatWaitsAndNotTheOneThatWas() {
        timer.start(7);
        timer.fired(7, true);
        timer.stop();
        assertFalse(timer.isRunning());
        timer.start(8);
        assertEquals(7 + TA, timer.nextTimeoutNanos());
    }
}
