package dev.jvmrtc.rtp.congestion;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    private static final long SECOND = 1_000_000_000L;

    private final CircuitBreaker breaker = new CircuitBreaker();
    private long now = 5 * SECOND;

    /** A second in which packets were sent, and a report at its end. */
    private boolean second(long highest) {
        breaker.handleSent(now);
        now += SECOND;
        breaker.handleReport(now, highest);
        return breaker.isOpen(now);
    }

    @Test
    void threeReportsOfNothingNewStopAStreamForHalfAMinute() {
        assertFalse(second(10));
        assertFalse(second(20));
        assertFalse(second(20));
        assertFalse(second(20));
        assertTrue(second(20));
        now += 29 * SECOND;
        assertTrue(breaker.isOpen(now));
        now += SECOND;
        assertFalse(breaker.isOpen(now));
        assertFalse(second(30), "what arrives again goes on");
    }

    @Test
    void aStreamThatIsNotReportedOnIsStoppedAfterFifteenSeconds() {
        for (int i = 0; i < 14; i++) {
            breaker.handleSent(now);
            now += SECOND;
            assertFalse(breaker.isOpen(now));
        }
        now += SECOND;
        assertTrue(breaker.isOpen(now));
    }

    @Test
    void aPauseOfTheSourceIsNoReason() {
        second(10);
        for (int i = 0; i < 100; i++) {
            now += SECOND;
            breaker.handleReport(now, 10);
            assertFalse(breaker.isOpen(now));
        }
        now += 100 * SECOND;
        assertFalse(breaker.isOpen(now));
    }

    @Test
    void anotherPathIsTriedAtOnce() {
        for (int i = 0; i < 5; i++) {
            second(10);
        }
        assertTrue(breaker.isOpen(now));
        breaker.reset();
        assertFalse(breaker.isOpen(now));
    }

    @Test
    void whatBeginsAgainAfterAMinuteOnHoldIsNotStopped() {
        second(10);
        breaker.handleSent(now); // nobody reports on the last packet before the pause
        now += 60 * SECOND;
        assertFalse(breaker.isOpen(now));
        breaker.handleSent(now);
        now += SECOND;
        assertFalse(breaker.isOpen(now));
    }
}
