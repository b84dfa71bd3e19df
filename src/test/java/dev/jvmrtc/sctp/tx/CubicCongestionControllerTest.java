package dev.jvmrtc.sctp.tx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CubicCongestionControllerTest {
    private static final long MILLI = 1_000_000L;
    private static final int PACKET = 1_000;
    private final CubicCongestionController cubic = new CubicCongestionController(PACKET);

    private void acknowledge(long now, long bytes, long flightBefore) {
        CongestionController.Arrival a = new CongestionController.Arrival();
        a.bytes = bytes;
        a.flightBefore = flightBefore;
        cubic.acknowledged(now, a);
    }

    /** All of the window arrives once in a round trip of 100 ms. */
    private void runFor(long from, long to) {
        for (long t = from; t < to; t += 100 * MILLI) {
            cubic.rttMeasured(t, 100 * MILLI);
            acknowledge(t, cubic.window(), cubic.window());
        }
    }

    @Test
    void slowStartGrowsByWhatArrivesWhileTheWindowIsUsed() {
        assertEquals(10 * PACKET, cubic.window());
        acknowledge(0, 3_000, 10_000);
        assertEquals(13_000, cubic.window());
        acknowledge(0, 3_000, 6_400);
        assertEquals(13_000, cubic.window(), "less than half of it was in flight");
        CongestionController.Arrival repairing = new CongestionController.Arrival();
        repairing.bytes = 3_000;
        repairing.flightBefore = 13_000;
        repairing.inRecovery = true;
        cubic.acknowledged(0, repairing);
        assertEquals(13_000, cubic.window());
    }

    @Test
    void aLossCutsTheWindowToSevenTenthsButNotBelowFourPackets() {
        cubic.lossDetected(0);
        assertEquals(7_000, cubic.window());
        assertEquals(7_000, cubic.slowStartThreshold());
        cubic.lossDetected(0);
        assertEquals(4_900, cubic.window());
        cubic.lossDetected(0);
        assertEquals(4_000, cubic.window());
    }

    @Test
    void aTimeoutLeavesOnePacket() {
        cubic.timeout(0);
        assertEquals(PACKET, cubic.window());
        assertEquals(7_000, cubic.slowStartThreshold());
        acknowledge(0, PACKET, PACKET);
        assertEquals(2 * PACKET, cubic.window(), "slow start again");
    }

    @Test
    void theWindowIsBackAfterTheTimeThatTheCubicFunctionSays() {
        acknowledge(0, 90_000, 10_000);
        assertEquals(100 * PACKET, cubic.window());
        cubic.lossDetected(0);
        assertEquals(70 * PACKET, cubic.window());
        // RFC 9438 §4.2: K = cbrt((100 - 70) / 0.4) = 4.217 s; W(t) = 0.4 * (t - K)^3 + 100.
        runFor(0, 2_100 * MILLI);
        assertEquals(100_000 - 0.4 * Math.pow(4.217 - 2.1, 3) * PACKET, cubic.window(), 1_500);
        runFor(2_100 * MILLI, 4_300 * MILLI);
        assertEquals(100 * PACKET, cubic.window(), 500);
        runFor(4_300 * MILLI, 8_500 * MILLI);
        assertTrue(cubic.window() > 125 * PACKET, "and beyond, faster and faster: " + cubic.window());
    }

    @Test
    void timeWithoutUseOfTheWindowDoesNotCount() {
        acknowledge(0, 90_000, 10_000);
        cubic.lossDetected(0);
        runFor(0, 1_000 * MILLI);
        long before = cubic.window();
        acknowledge(60_000 * MILLI, 10_000, cubic.window());
        assertTrue(cubic.window() - before < 2 * PACKET, before + " and " + cubic.window());
    }

    @Test
    void aPauseHalvesTheWindowForEachTimeoutDownToTheFirst() {
        acknowledge(0, 90_000, 10_000);
        cubic.idle(0, 2);
        assertEquals(25_000, cubic.window());
        cubic.idle(0, 60);
        assertEquals(10_000, cubic.window());
        cubic.timeout(0);
        cubic.idle(0, 5);
        assertEquals(PACKET, cubic.window(), "never more than it was");
    }

    @Test
    void largerPacketsMakeRoomForFourOfThem() {
        cubic.packetSizeChanged(9_000);
        assertEquals(36_000, cubic.window());
        cubic.packetSizeChanged(PACKET);
        assertEquals(36_000, cubic.window());
    }
}
