package dev.jvmrtc.sctp.rx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DataTrackerTest {

    @Test
    void aTsnThatWouldOpenOneGapTooManyIsTreatedAsLost() {
        DataTracker t = new DataTracker(1);
        for (int i = 0; i < DataTracker.MAX_RANGES; i++) {
            assertTrue(t.observe(3 + 2 * i, false));
        }
        assertFalse(t.observe(3 + 2 * DataTracker.MAX_RANGES, false));
        assertTrue(t.observe(4, false), "what closes a gap is taken");
        assertTrue(t.observe(3 + 2 * DataTracker.MAX_RANGES, false), "and makes room");
        assertTrue(t.observe(1, false));
        assertTrue(t.observe(2, false));
        assertEquals(5, t.takeSack(1_000).cumulativeTsn());
    }

    @Test
    void aTsnFarAheadIsNotMeantSeriously() {
        DataTracker t = new DataTracker(1);
        assertFalse(t.observe(DataTracker.MAX_AHEAD + 1, false));
        assertTrue(t.observe(DataTracker.MAX_AHEAD, false));
    }
}
