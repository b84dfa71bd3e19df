package dev.jvmrtc.sctp.tx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.sctp.packet.Sack;
import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
import org.junit.jupiter.api.Test;

class TailLossProbeTest {
    private static final long MILLI = 1_000_000L;
    private static final long NEVER = ProtocolCore.NEVER;
    private final TailLossProbe probe = new TailLossProbe();

    private static SentChunk chunk(int tsn) {
        SentChunk c = new SentChunk();
        c.begin(tsn, null, 0, 0, 0, 0, 100);
        return c;
    }

    private static Sack sack(int cumulative, int... duplicates) throws MalformedException {
        ByteWriter w = new ByteWriter();
        Sack.write(w, cumulative, 1 << 20, 0, duplicates.length);
        for (int d : duplicates) {
            w.u32(d);
        }
        Sack s = new Sack();
        s.read(new ByteReader(w.array(), 4, w.length() - 4));
        return s;
    }

    @Test
    void aProbeIsDueAfterTwoRoundTripsAndLaterWhereThePeerMayDelayItsAnswer() {
        probe.arm(0, true, 50 * MILLI, false, NEVER);
        assertEquals(100 * MILLI, probe.deadlineNanos());
        probe.arm(0, true, 50 * MILLI, true, NEVER);
        assertEquals(300 * MILLI, probe.deadlineNanos());
        probe.arm(0, true, MILLI, false, NEVER);
        assertEquals(10 * MILLI, probe.deadlineNanos(), "not sooner than threads are woken");
        probe.handleTimeout(10 * MILLI - 1);
        assertFalse(probe.isDue());
        probe.handleTimeout(10 * MILLI);
        assertTrue(probe.isDue());
        assertEquals(NEVER, probe.deadlineNanos());
        probe.attempted();
        assertFalse(probe.isDue());
    }

    @Test
    void noProbeIsDueWhereItWouldTellNothing() {
        probe.arm(0, true, 50 * MILLI, false, 100 * MILLI);
        assertEquals(NEVER, probe.deadlineNanos(), "the timer runs out before it");
        probe.arm(0, true, -1, false, NEVER);
        assertEquals(NEVER, probe.deadlineNanos(), "no round trip has been measured");
        probe.arm(0, true, 50 * MILLI, false, 100 * MILLI + 1);
        assertEquals(100 * MILLI, probe.deadlineNanos());
        probe.arm(0, false, 50 * MILLI, false, NEVER);
        assertEquals(NEVER, probe.deadlineNanos());
        probe.sent(0, chunk(7), true);
        probe.arm(0, true, 50 * MILLI, false, NEVER);
        assertEquals(NEVER, probe.deadlineNanos(), "one at a time");
        probe.cancel();
        probe.arm(0, true, 50 * MILLI, false, NEVER);
        assertEquals(100 * MILLI, probe.deadlineNanos());
    }

    @Test
    void aRepetitionThatIsAcknowledgedOnceHasRepairedALoss() throws MalformedException {
        probe.sent(0, chunk(7), true);
        assertFalse(probe.hasRepaired(60 * MILLI, sack(6), 50 * MILLI), "it has not arrived");
        assertTrue(probe.hasRepaired(60 * MILLI, sack(7), 50 * MILLI));
        assertFalse(probe.hasRepaired(61 * MILLI, sack(7), 50 * MILLI), "that is told once");
    }

    @Test
    void aRepetitionThatWasNotNeededHasRepairedNothing() throws MalformedException {
        probe.sent(0, chunk(7), true);
        assertFalse(probe.hasRepaired(60 * MILLI, sack(7, 6, 7), 50 * MILLI), "the peer had it twice");
        probe.sent(0, chunk(8), true);
        assertFalse(probe.hasRepaired(49 * MILLI, sack(8), 50 * MILLI), "the answer is to the first");
        probe.sent(0, chunk(9), false);
        assertFalse(probe.hasRepaired(60 * MILLI, sack(9), 50 * MILLI), "it was new");
    }
}
