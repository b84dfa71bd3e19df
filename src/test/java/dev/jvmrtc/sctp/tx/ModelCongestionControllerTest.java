package dev.jvmrtc.sctp.tx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ModelCongestionControllerTest {
    private static final long MILLI = 1_000_000L;
    private static final int PACKET = 1_000;
    private final ModelCongestionController model = new ModelCongestionController(PACKET);
    private long now;

    /** A round trip of so long in which so many bytes a nanosecond arrived. */
    private void round(double rate, long rttMillis) {
        now += rttMillis * MILLI;
        model.rttMeasured(now, rttMillis * MILLI);
        CongestionController.Arrival a = new CongestionController.Arrival();
        a.bytes = (long) (rate * rttMillis * MILLI);
        a.flightBefore = a.bytes;
        a.rate = rate;
        a.newRound = true;
        model.acknowledged(now, a);
    }

    /** Startup until the path gives no more, with a queue that shows it; then what was in flight drains. */
    private void known(double rate) {
        round(rate, 50);
        for (int i = 0; i < 4; i++) {
            round(rate, 80);
        }
        round(rate, 50);
    }

    @Test
    void beginsWithTenPacketsAndNoRate() {
        assertEquals(10 * PACKET, model.window());
        assertEquals(0, model.pacingRate());
    }

    @Test
    void doublesItsRateWhileMoreArrivesInEachRound() {
        round(0.001, 50);
        assertEquals(2.885 * 0.001, model.pacingRate(), 1e-9);
        round(0.002, 50);
        assertEquals(2.885 * 0.002, model.pacingRate(), 1e-9);
        // 2.885 times what the path holds in 50 ms, 100,000 bytes, and four packets.
        assertEquals(288_500 + 4_000, model.window(), 1);
    }

    @Test
    void holdsTwiceWhatThePathHoldsOnceThatIsKnown() {
        known(0.002);
        assertEquals(200_000 + 4_000, model.window(), 1);
        double sum = 0;
        double most = 0;
        for (int i = 0; i < 8; i++) {
            sum += model.pacingRate();
            most = Math.max(most, model.pacingRate());
            round(0.002, 50);
        }
        assertEquals(8 * 0.002, sum, 1e-9, "as much as the path gives, on the whole");
        assertEquals(1.25 * 0.002, most, 1e-9, "and a quarter more for one round, to see whether there is more");
    }

    @Test
    void fewLossesChangeNothingAndManyBackOff() {
        known(0.002);
        model.lossDetected(now);
        model.lost(8 * PACKET);
        round(0.002, 50);
        assertEquals(204_000, model.window(), 1);
        model.lost(30 * PACKET);
        round(0.001, 50);
        assertEquals(0.85 * 200_000 + 4_000, model.window(), 1, "a fifth of the round was lost");
    }

    @Test
    void afterATimeoutFourPacketsMayLeaveUntilSomethingComesBack() {
        known(0.002);
        model.timeout(now);
        assertEquals(4 * PACKET, model.window());
        round(0.002, 50);
        assertTrue(model.window() > 100_000);
    }
}
