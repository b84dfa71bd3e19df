package dev.jvmrtc.sctp.tx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** By the rules C1 to C7 of RFC 9260 §6.3.1, computed by hand. */
class RttEstimatorTest {
    private static final long MILLI = 1_000_000L;
    private final RttEstimator rtt = new RttEstimator();

    @Test
    void theFirstRoundTripCountsThreefold() {
        assertEquals(-1, rtt.srttNanos());
        assertEquals(500 * MILLI, rtt.rtoNanos());
        rtt.observe(200 * MILLI);
        assertEquals(200 * MILLI, rtt.srttNanos());
        assertEquals(600 * MILLI, rtt.rtoNanos(), "SRTT + 4 * SRTT / 2");
    }

    @Test
    void furtherRoundTripsCountAnEighthAndTheirVariationAQuarter() {
        rtt.observe(200 * MILLI);
        rtt.observe(300 * MILLI);
        // RTTVAR = 3/4 * 100 + 1/4 * |200 - 300| = 100; SRTT = 7/8 * 200 + 1/8 * 300 = 212.5
        assertEquals(212_500_000, rtt.srttNanos());
        assertEquals(612_500_000, rtt.rtoNanos());
    }

    @Test
    void withoutVariationTheGranularityOfTheClockIsLeft() {
        for (int i = 0; i < 200; i++) {
            rtt.observe(1_000 * MILLI);
        }
        assertEquals(1_001 * MILLI, rtt.rtoNanos());
    }

    @Test
    void theTimeoutDoublesBetweenItsBoundsAndANewPathBeginsAnew() {
        rtt.observe(10 * MILLI);
        assertEquals(400 * MILLI, rtt.rtoNanos(), "RTO.Min");
        rtt.backOff();
        assertEquals(800 * MILLI, rtt.rtoNanos());
        for (int i = 0; i < 10; i++) {
            rtt.backOff();
        }
        assertEquals(10_000 * MILLI, rtt.rtoNanos(), "RTO.Max");
        rtt.reset();
        assertEquals(500 * MILLI, rtt.rtoNanos());
        assertEquals(-1, rtt.srttNanos());
    }
}
