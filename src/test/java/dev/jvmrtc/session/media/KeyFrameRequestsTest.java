package dev.jvmrtc.session.media;

import static dev.jvmrtc.session.media.KeyFrameRequests.INTERVAL_NANOS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jvmrtc.core.ProtocolCore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A peer may ask for key frames as often as it likes. */
class KeyFrameRequestsTest {
    private static final long START = 5_000_000_000L;

    private final AtomicInteger told = new AtomicInteger();
    private final Deadlines deadlines = new Deadlines();
    private final KeyFrameRequests requests = new KeyFrameRequests(told::incrementAndGet);

    private void runTo(long now) {
        deadlines.takeDue(now).forEach(i -> ((KeyFrameRequests) i).handleTimeout(now));
    }

    @Test
    void theFirstIsToldAtOnceAndManyWithinTheIntervalAreOneAtItsEnd() {
        requests.setDeadlines(deadlines);
        requests.request(START);
        assertEquals(1, told.get());
        for (int i = 1; i <= 100; i++) {
            requests.request(START + i);
        }
        assertEquals(1, told.get());
        assertEquals(START + INTERVAL_NANOS, deadlines.next());
        runTo(START + INTERVAL_NANOS - 1);
        assertEquals(1, told.get());
        runTo(START + INTERVAL_NANOS);
        assertEquals(2, told.get());
        assertEquals(ProtocolCore.NEVER, deadlines.next());
    }

    @Test
    void afterTheIntervalOneIsToldAtOnceAgain() {
        requests.setDeadlines(deadlines);
        requests.request(START);
        requests.request(START + INTERVAL_NANOS);
        assertEquals(2, told.get());
    }

    @Test
    void whatWaitsGoesAlongToAnotherTransport() {
        Deadlines other = new Deadlines();
        requests.setDeadlines(deadlines);
        requests.request(START);
        requests.request(START + 1);
        requests.setDeadlines(other);
        assertEquals(ProtocolCore.NEVER, deadlines.next());
        assertEquals(START + INTERVAL_NANOS, other.next());
    }
}
