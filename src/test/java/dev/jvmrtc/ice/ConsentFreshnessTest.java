package dev.jvmrtc.ice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.stun.TransactionId;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConsentFreshnessTest {
    private static final long MS = 1_000_000L;

    private final RandomSource random = RandomSource.seeded(7);

    @Test
    void asksFourToSixSecondsAfterConsentAndNotInStep() {
        Set<Long> waits = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            long now = i * 7_919_017L - 3_000_000_000L;
            ConsentFreshness c = new ConsentFreshness(random);
            c.start(now);
            long wait = c.nextTimeoutNanos() - now;
            assertTrue(wait >= 4_000 * MS && wait <= 6_000 * MS, "after " + wait + " ns");
            waits.add(Math.min(29, wait / (200 * MS)));
        }
        assertEquals(
                Set.of(20L, 21L, 22L, 23L, 24L, 25L, 26L, 27L, 28L, 29L),
                waits,
                "the whole of the time that RFC 7675 gives is used");
    }

    @Test
    void agentsOnOneClockAskInTheSameFewInstantsOfASecond() {
        for (int i = 0; i < 1_000; i++) {
            ConsentFreshness c = new ConsentFreshness(random);
            c.start(i * 7_919_017L - 3_000_000_000L);
            assertEquals(0, Math.floorMod(c.nextTimeoutNanos(), 200 * MS));
        }
    }

    @Test
    void asksAgainEachSecondWhileNoAnswerComes() {
        ConsentFreshness c = new ConsentFreshness(random);
        c.start(0);
        long asked = c.nextTimeoutNanos();
        c.requestSent(TransactionId.random(random), asked);
        assertEquals(asked + 1_000 * MS, c.nextTimeoutNanos());
    }
}
