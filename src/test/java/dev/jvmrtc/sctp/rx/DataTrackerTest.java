package dev.jvmrtc.sctp.rx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.sctp.packet.ChunkType;
import dev.jvmrtc.sctp.packet.Sack;
import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
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
        assertEquals(5, t.cumulativeTsn());
    }

    @Test
    void aSackNamesWhatIsMissingAndWhatCameTwice() throws MalformedException {
        DataTracker t = new DataTracker(-1); // wraps at once
        for (int tsn : new int[] {-1, 0, 2, 3, 7, 0, 7}) {
            t.observe(tsn, false);
        }
        ByteWriter w = new ByteWriter();
        t.writeSack(w, 123_456);
        ByteReader r = new ByteReader(w.toByteArray());
        assertEquals(ChunkType.SACK, r.u8());
        r.skip(1);
        assertEquals(w.length(), r.u16());
        Sack sack = new Sack();
        sack.read(r);
        assertEquals(0, sack.cumulativeTsn());
        assertEquals(123_456, sack.advertisedReceiverWindow());
        assertEquals(2, sack.gapBlocks());
        assertEquals(2, sack.gapStart(0));
        assertEquals(3, sack.gapEnd(0));
        assertEquals(7, sack.gapStart(1));
        assertEquals(7, sack.gapEnd(1));
        assertEquals(2, sack.duplicates());
        assertEquals(0, sack.duplicate(0));
        assertEquals(7, sack.duplicate(1));
        t.writeSack(w.clear(), 0);
        assertEquals(16 + 2 * 4, w.length(), "a duplicate is reported once");
    }

    @Test
    void aTsnFarAheadIsNotMeantSeriously() {
        DataTracker t = new DataTracker(1);
        assertFalse(t.observe(DataTracker.MAX_AHEAD + 1, false));
        assertTrue(t.observe(DataTracker.MAX_AHEAD, false));
    }
}
