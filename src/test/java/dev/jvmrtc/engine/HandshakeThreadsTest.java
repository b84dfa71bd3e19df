package dev.jvmrtc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.dtls.HandshakeExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HandshakeThreadsTest {
    /** Platform threads, on every Java. */
    private final HandshakeThreads threads = new HandshakeThreads(null);

    private final List<Held> all = new ArrayList<>();

    /** Waits for its peer until it is asked to give way. */
    private static class Held implements HandshakeExecutor.Handshake {
        final CountDownLatch end = new CountDownLatch(1);
        final CountDownLatch ended = new CountDownLatch(1);
        final long heardNanos;
        final boolean heard;

        Held(long silentNanos, boolean heard) {
            this.heardNanos = System.nanoTime() - silentNanos;
            this.heard = heard;
        }

        @Override
        public void run() {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            ended.countDown();
        }

        @Override
        public long heardNanos() {
            return heardNanos;
        }

        @Override
        public boolean hasHeard() {
            return heard;
        }

        @Override
        public boolean giveWay() {
            end.countDown();
            return true;
        }
    }

    private boolean begin(Held h) {
        all.add(h);
        return threads.tryExecute(h);
    }

    @AfterEach
    void end() {
        all.forEach(h -> h.end.countDown());
    }

    /** As the engine does, which is refused at first. */
    private void beginSoon(Held h) throws InterruptedException {
        for (int i = 0; !threads.tryExecute(h); i++) {
            assertTrue(i < 2_000, "no thread within 20 s");
            TimeUnit.MILLISECONDS.sleep(10);
        }
        all.add(h);
    }

    @Test
    void refusesAHandshakeWhileAllPlatformThreadsAreTakenByPeersThatAnswer() {
        for (int i = 0; i < HandshakeThreads.MAX_PLATFORM_THREADS; i++) {
            assertTrue(begin(new Held(-60_000_000_000L, i % 2 == 0)));
        }
        assertFalse(begin(new Held(0, false)));
        assertEquals(
                HandshakeThreads.MAX_PLATFORM_THREADS,
                all.stream().filter(h -> h.end.getCount() == 1).count() - 1,
                "nobody was asked to give way");
    }

    @Test
    void thePeerThatHasBeenSilentForTheLongestTimeGivesWayAndWhoHasSpokenOnlyAfterTheOthers() throws Exception {
        Held spoken = new Held(50_000_000_000L, true);
        Held oldest = new Held(40_000_000_000L, false);
        Held second = new Held(30_000_000_000L, false);
        assertTrue(begin(spoken));
        assertTrue(begin(second));
        assertTrue(begin(oldest));
        while (all.size() < HandshakeThreads.MAX_PLATFORM_THREADS) {
            assertTrue(begin(new Held(-60_000_000_000L, false)));
        }
        for (Held first : List.of(oldest, second, spoken)) {
            assertEquals(1, first.end.getCount());
            beginSoon(new Held(-60_000_000_000L, false));
            assertEquals(0, first.ended.getCount());
        }
    }

    @Test
    void aThreadBearsTheNameOfTheConnectionWhoseHandshakeItRuns() throws Exception {
        CompletableFuture<String> name = new CompletableFuture<>();
        assertTrue(threads.named("pc-7").tryExecute(new Held(0, true) {
            @Override
            public void run() {
                name.complete(Thread.currentThread().getName());
            }
        }));
        assertEquals("jvmrtc-dtls-handshake-pc-7", name.get(10, TimeUnit.SECONDS));
    }
}
