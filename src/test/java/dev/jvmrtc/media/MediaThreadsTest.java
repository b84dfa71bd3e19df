package dev.jvmrtc.media;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MediaThreadsTest {

    /** The thread that waits has been notified for the first of two tracks, and has not woken yet, when the second comes. */
    @Test
    void aTrackThatComesBehindOneThatNeverReturnsIsServedThoughAThreadWasIdleForBoth() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try {
            for (int i = 0; i < 200; i++) {
                MediaThreads threads = new MediaThreads(1, 4);
                CountDownLatch warm = new CountDownLatch(1);
                MediaWorker first = new MediaWorker(threads);
                first.post(warm::countDown);
                assertTrue(warm.await(10, TimeUnit.SECONDS));
                MediaWorker stuck = new MediaWorker(threads);
                MediaWorker other = new MediaWorker(threads);
                CountDownLatch served = new CountDownLatch(1);
                stuck.post(() -> {
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
                other.post(served::countDown);
                assertTrue(served.await(10, TimeUnit.SECONDS), "round " + i);
            }
        } finally {
            release.countDown();
        }
    }
}
