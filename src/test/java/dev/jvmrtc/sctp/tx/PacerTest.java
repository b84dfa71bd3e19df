package dev.jvmrtc.sctp.tx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import org.junit.jupiter.api.Test;

class PacerTest {
    private static final long MILLI = 1_000_000L;
    private static final int PACKET = 1_000;

    private final Pacer pacer = new Pacer();
    private long threshold;
    private double rate;
    private final CongestionController window = new WideWindow() {
        @Override
        public long window() {
            return 100_000;
        }

        @Override
        public long slowStartThreshold() {
            return threshold;
        }

        @Override
        public double pacingRate() {
            return rate;
        }
    };

    /** Packets that leave until none may. */
    private int burst(long now) {
        int packets = 0;
        while (pacer.mayLeave(now)) {
            pacer.left(PACKET);
            packets++;
        }
        return packets;
    }

    @Test
    void aBurstLeavesAtOnceAndThenAWindowAndAQuarterInARoundTrip() {
        pacer.update(0, window, 100 * MILLI, PACKET);
        assertEquals(10, burst(1_000 * MILLI), "however long nothing has left");
        int packets = 0;
        for (long t = 1_001 * MILLI; t <= 1_100 * MILLI; t += MILLI) {
            packets += burst(t);
        }
        assertEquals(125, packets, 1);
    }

    @Test
    void inSlowStartTwoWindowsLeaveInARoundTrip() {
        threshold = 1 << 30;
        pacer.update(0, window, 100 * MILLI, PACKET);
        burst(1_000 * MILLI);
        int packets = 0;
        for (long t = 1_001 * MILLI; t <= 1_100 * MILLI; t += MILLI) {
            packets += burst(t);
        }
        assertEquals(200, packets, 1);
    }

    @Test
    void aRateThatIsToldIsKept() {
        rate = 0.0005;
        pacer.update(0, window, 100 * MILLI, PACKET);
        burst(1_000 * MILLI);
        assertFalse(pacer.mayLeave(1_000 * MILLI));
        int packets = 0;
        for (long t = 1_001 * MILLI; t <= 1_100 * MILLI; t += MILLI) {
            packets += burst(t);
        }
        assertEquals(50, packets, 1);
    }

    @Test
    void whenAPacketMayLeaveIsKnownBefore() {
        pacer.update(0, window, 100 * MILLI, PACKET);
        assertTrue(pacer.mayLeave(8 * MILLI));
        assertEquals(ProtocolCore.NEVER, pacer.releaseNanos());
        pacer.left(11 * PACKET);
        long release = pacer.releaseNanos();
        assertEquals(8_800_001, release, 1, "a packet too many, at 1.25 bytes a microsecond");
        assertFalse(pacer.mayLeave(release - 2));
        assertTrue(pacer.mayLeave(release));
    }

    @Test
    void aPathOfLessThanTwoMillisecondsIsNotPaced() {
        pacer.update(0, window, 2 * MILLI - 1, PACKET);
        for (int i = 0; i < 1_000; i++) {
            assertTrue(pacer.mayLeave(0));
            pacer.left(PACKET);
        }
        assertEquals(ProtocolCore.NEVER, pacer.releaseNanos());
    }
}
