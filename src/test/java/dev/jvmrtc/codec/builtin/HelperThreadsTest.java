package dev.jvmrtc.codec.builtin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.codec.vp8.Helpers;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HelperThreadsTest {
    @Test
    void smallFramesAndSingleProcessorsHaveNone() {
        assertSame(Helpers.NONE, HelperThreads.of(320 * 240, 8));
        assertSame(Helpers.NONE, HelperThreads.of(1_920 * 1_080, 1));
    }

    @Test
    void largerFramesHaveMoreAsFarAsThereAreProcessors() {
        assertEquals(1, HelperThreads.of(640 * 360, 8).count());
        assertEquals(1, HelperThreads.of(1_280 * 720, 2).count());
        assertEquals(3, HelperThreads.of(1_280 * 720, 16).count());
    }

    @Test
    void manyEncodersShareThreadsThatEndWhenNobodyNeedsThem() throws Exception {
        int most = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(most);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        for (int encoder = 0; encoder < 50; encoder++) {
            Helpers helpers = HelperThreads.of(1_280 * 720, 8);
            for (int i = 0; i < helpers.count(); i++) {
                helpers.start(() -> {
                    threads.add(Thread.currentThread());
                    begun.countDown();
                    try {
                        busy.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
            }
        }
        assertTrue(begun.await(10, TimeUnit.SECONDS));
        busy.countDown();
        CompletableFuture<Thread> later = new CompletableFuture<>();
        do { // what comes while the queue is full is left out
            HelperThreads.of(1_280 * 720, 8).start(() -> later.complete(Thread.currentThread()));
        } while (!later.isDone());
        threads.add(later.join());
        assertTrue(threads.size() <= most, threads.size() + " threads");
        for (Thread t : threads) {
            t.join(20_000);
            assertFalse(t.isAlive(), "it has nothing to do");
        }
    }
}
