package dev.jvmrtc.sctp.tx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DeliveryRateTest {
    private final DeliveryRate rate = new DeliveryRate();
    private long flight;

    private SentChunk send(long now) {
        SentChunk c = new SentChunk();
        c.begin(0, null, 0, 0, 0, 0, 1_000);
        c.sentNanos = now;
        rate.sent(now, c, flight);
        flight += 1_000;
        return c;
    }

    private void arrive(long now, SentChunk c) {
        rate.arrived(now, c);
        flight -= 1_000;
    }

    @Test
    void aSampleIsWhatArrivedOverTheTimeItTook() {
        SentChunk one = send(1_000);
        SentChunk two = send(1_000);
        arrive(1_100, one);
        arrive(1_100, two);
        assertEquals(20.0, rate.take(0), 1e-9, "2,000 bytes in 100 ns");
        assertEquals(0, rate.take(0), "each counts once");
    }

    @Test
    void whatArrivedBeforeAChunkLeftDoesNotCountForIt() {
        SentChunk one = send(0);
        SentChunk two = send(50);
        arrive(100, one);
        assertEquals(10.0, rate.take(0), 1e-9);
        SentChunk three = send(100);
        arrive(150, two);
        assertEquals(2_000 / 150.0, rate.take(0), 1e-9, "two left when nothing had arrived, at 0");
        arrive(300, three);
        assertEquals(2_000 / 200.0, rate.take(0), 1e-9, "three left when one had, at 100");
    }

    @Test
    void acknowledgementsThatComeFasterThanAnyRoundTripTellNothing() {
        SentChunk one = send(0);
        arrive(100, one);
        assertEquals(0, rate.take(101));
    }

    @Test
    void aChunkThatLeftAfterTheBeginningOfARoundEndsIt() {
        SentChunk one = send(0);
        SentChunk two = send(0);
        arrive(100, one);
        rate.take(0);
        assertTrue(rate.isNewRound());
        arrive(110, two);
        rate.take(0);
        assertFalse(rate.isNewRound(), "it left before the first had arrived");
        SentChunk three = send(110);
        arrive(200, three);
        rate.take(0);
        assertTrue(rate.isNewRound());
    }

    @Test
    void whatLeavesWhileThereIsTooLittleToSendIsMarkedUntilThatHasArrived() {
        SentChunk one = send(0);
        rate.limited(1_000);
        SentChunk two = send(10);
        arrive(100, one);
        rate.take(0);
        assertFalse(rate.isLimited(), "it left before");
        arrive(110, two);
        rate.take(0);
        assertTrue(rate.isLimited());
        SentChunk three = send(120);
        arrive(220, three);
        rate.take(0);
        assertFalse(rate.isLimited());
    }
}
