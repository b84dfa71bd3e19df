package dev.jvmrtc.stun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransactionTest {
    private static final long MS = 1_000_000L;
    /** Any origin will do, and one where the clock overflows as well. */
    private static final long START = Long.MAX_VALUE - 3_000 * MS;

    private final byte[] request = {1, 2, 3};

    private Transaction transaction(Transaction.Schedule schedule) {
        return new Transaction(START, TransactionId.random(RandomSource.seeded(1)), request, schedule);
    }

    /** Milliseconds after the start at which requests are sent, and at the end that at which it fails. */
    private static List<Long> times(Transaction t) {
        List<Long> times = new ArrayList<>();
        for (long now = START; ; now = t.nextTimeoutNanos()) {
            times.add((now - START) / MS);
            if (t.hasFailed(now)) {
                return times;
            }
            assertTrue(t.pollRequest(now) != null, "it wants to be called for a reason");
        }
    }

    @Test
    void theWaitDoublesAsTheRfcHasItInItsExample() {
        // RFC 8489 §6.2.1: "requests would be sent at times 0 ms, 500 ms, 1500 ms, 3500 ms, 7500 ms, 15500 ms, and
        // 31500 ms". After the last we wait as before one more, longer than the RFC's 8 s.
        assertEquals(
                List.of(0L, 500L, 1_500L, 3_500L, 7_500L, 15_500L, 31_500L, 63_500L),
                times(transaction(Transaction.Schedule.doubling(500 * MS, 7))));
    }

    @Test
    void theWaitDoublesNoFurtherThanItsLimit() {
        assertEquals(
                List.of(0L, 500L, 1_500L, 3_100L, 4_700L, 6_300L, 7_900L, 9_500L),
                times(transaction(new Transaction.Schedule(500 * MS, 1_600 * MS, 7))));
    }

    @Test
    void aConstantWaitStaysAsItIs() {
        assertEquals(
                List.of(0L, 500L, 1_000L, 1_500L, 2_000L),
                times(transaction(Transaction.Schedule.constant(500 * MS, 4))));
    }

    @Test
    void overAStreamNothingIsSentAgain() {
        assertEquals(List.of(0L, 39_500L), times(transaction(Transaction.Schedule.reliable(39_500 * MS))));
    }

    @Test
    void theWaitBeginsWhenTheRequestIsSentAndNotWhenItWasDue() {
        Transaction t = transaction(Transaction.Schedule.doubling(500 * MS, 7));
        t.pollRequest(START + 200 * MS);
        assertEquals(START + 700 * MS, t.nextTimeoutNanos());
        assertEquals(300 * MS, t.ageNanos(START + 500 * MS));
    }

    @Test
    void nothingIsSentBeforeItIsDue() {
        Transaction t = transaction(Transaction.Schedule.doubling(500 * MS, 7));
        assertNull(t.pollRequest(START - 1));
        assertArrayEquals(request, t.pollRequest(START));
        assertNull(t.pollRequest(START + 500 * MS - 1));
        assertArrayEquals(request, t.pollRequest(START + 500 * MS));
    }

    @Test
    void eachRequestIsForItsReceiverToKeep() {
        Transaction t = transaction(Transaction.Schedule.doubling(500 * MS, 7));
        byte[] first = t.pollRequest(START);
        first[0] = 99;
        byte[] second = t.pollRequest(START + 500 * MS);
        assertNotSame(first, second);
        assertArrayEquals(new byte[] {1, 2, 3}, second);
    }

    @Test
    void onlyARequestThatWasSentOnceMeasuresTheRoundTrip() {
        Transaction t = transaction(Transaction.Schedule.doubling(500 * MS, 7));
        t.pollRequest(START);
        assertTrue(t.measuresRoundTrip());
        t.pollRequest(START + 500 * MS);
        assertFalse(t.measuresRoundTrip());
    }

    @Test
    void itHasNotFailedBeforeTheAnswerToItsLastRequestWasWaitedFor() {
        Transaction t = transaction(Transaction.Schedule.constant(500 * MS, 2));
        assertFalse(t.hasFailed(START + 10_000 * MS), "nothing has been sent");
        t.pollRequest(START);
        assertFalse(t.hasFailed(START + 10_000 * MS), "one is still to be sent");
        t.pollRequest(START + 500 * MS);
        assertFalse(t.hasFailed(START + 1_000 * MS - 1));
        assertTrue(t.hasFailed(START + 1_000 * MS));
        assertNull(t.pollRequest(START + 1_000 * MS), "and none is sent after the last");
    }
}
