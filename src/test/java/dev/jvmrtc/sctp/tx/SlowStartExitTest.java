package dev.jvmrtc.sctp.tx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** HyStart++ with the figures of RFC 9406 §4.2 and §4.3. */
class SlowStartExitTest {
    private static final long MILLI = 1_000_000L;
    private final SlowStartExit exit = new SlowStartExit();

    private void measured(int samples, long millis) {
        for (int i = 0; i < samples; i++) {
            exit.measured(millis * MILLI);
        }
    }

    private boolean isCareful() {
        return exit.growth(1_000) == 250;
    }

    private void assertThreshold(long roundTrip, long threshold) {
        SlowStartExitTest below = new SlowStartExitTest();
        below.measured(8, roundTrip);
        below.exit.roundEnded();
        below.measured(8, roundTrip + threshold - 1);
        assertFalse(below.isCareful(), roundTrip + " ms and less than " + threshold + " more");
        SlowStartExitTest at = new SlowStartExitTest();
        at.measured(8, roundTrip);
        at.exit.roundEnded();
        at.measured(8, roundTrip + threshold);
        assertTrue(at.isCareful(), roundTrip + " ms and " + threshold + " more");
    }

    @Test
    void roundTripsThatTakeAnEighthLongerMakeItCarefulWithinBounds() {
        assertThreshold(80, 10);
        assertThreshold(8, 4);
        assertThreshold(400, 16);
    }

    @Test
    void sevenSamplesAreTooFew() {
        measured(8, 100);
        exit.roundEnded();
        measured(7, 500);
        assertFalse(isCareful());
        measured(1, 500);
        assertTrue(isCareful());
    }

    @Test
    void theShortestRoundTripOfARoundCounts() {
        measured(8, 100);
        exit.roundEnded();
        measured(1, 101);
        measured(20, 500);
        assertFalse(isCareful());
    }

    @Test
    void fiveCarefulRoundsEndSlowStart() {
        measured(8, 100);
        assertFalse(exit.roundEnded());
        measured(8, 200);
        for (int round = 1; round <= 4; round++) {
            assertFalse(exit.roundEnded(), "round " + round);
            measured(8, 200);
        }
        assertTrue(exit.roundEnded());
    }

    @Test
    void roundTripsThatAreShorterAgainWereACoincidence() {
        measured(8, 100);
        exit.roundEnded();
        measured(8, 200);
        exit.roundEnded();
        measured(8, 150);
        assertEquals(1_000, exit.growth(1_000));
        assertFalse(exit.roundEnded());
    }
}
