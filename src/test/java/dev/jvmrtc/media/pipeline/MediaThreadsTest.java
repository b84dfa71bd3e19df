package dev.jvmrtc.media.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MediaThreadsTest {

    /**
     * The thread that waits has been notified for the first of two tracks, and has not woken yet, when the second
     * comes.
     */
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

    @Test
    void anInterruptThatATaskLeavesBehindDoesNotReachTheNext() throws Exception {
        MediaThreads threads = new MediaThreads(1, 0);
        MediaWorker first = new MediaWorker(threads);
        MediaWorker second = new MediaWorker(threads);
        List<Boolean> seen = new CopyOnWriteArrayList<>();
        CountDownLatch posted = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(3);
        first.post(() -> {
            try {
                posted.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            Thread.currentThread().interrupt();
        });
        for (MediaWorker w : List.of(first, second, second)) {
            w.post(() -> {
                seen.add(Thread.currentThread().isInterrupted());
                Thread.currentThread().interrupt();
                done.countDown();
            });
        }
        posted.countDown();
        assertTrue(done.await(20, TimeUnit.SECONDS));
        assertEquals(List.of(false, false, false), seen);
    }

    @Test
    void aTrackIsServedThoughTheOnlyThreadDidNotStartAtFirst() throws Exception {
        AtomicInteger failures = new AtomicInteger(3);
        MediaThreads threads = new MediaThreads(1, 1, System::nanoTime, r -> new Thread(r) {
            @Override
            public void start() {
                if (failures.getAndDecrement() > 0) {
                    throw new OutOfMemoryError("no thread, for a test");
                }
                super.start();
            }
        });
        CountDownLatch served = new CountDownLatch(1);
        new MediaWorker(threads).post(served::countDown);
        assertTrue(served.await(20, TimeUnit.SECONDS));
        assertEquals(1, threads.threads());
    }

    /**
     * The clock stands for all that may fail where turns end and begin. Which of its calls fail is drawn, for the
     * threads and the watch over them call it in turns: were it each third one, it could always be the same one's.
     */
    @Test
    void anErrorBetweenTurnsLosesNeitherTracksNorThreads() throws Exception {
        AtomicBoolean armed = new AtomicBoolean();
        Random random = new Random(7);
        AtomicInteger thrown = new AtomicInteger();
        MediaThreads threads = new MediaThreads(1, 0, () -> {
            if (armed.get() && Thread.currentThread().getName().startsWith("jvmrtc-media-") && random.nextInt(3) == 0) {
                thrown.incrementAndGet();
                throw new OutOfMemoryError("for a test");
            }
            return System.nanoTime();
        });
        int tracks = 4;
        int tasks = 20;
        CountDownLatch done = new CountDownLatch(tracks * tasks);
        armed.set(true);
        List<MediaWorker> workers = new ArrayList<>();
        for (int i = 0; i < tracks; i++) {
            workers.add(new MediaWorker(threads));
        }
        for (int n = 0; n < tasks; n++) {
            for (MediaWorker w : workers) {
                w.post(done::countDown);
            }
        }
        assertTrue(
                done.await(20, TimeUnit.SECONDS), done.getCount() + " tasks were not done after " + thrown + " errors");
        armed.set(false);
        assertTrue(thrown.get() > 0);
        assertEquals(1, threads.threads());
        CountDownLatch again = new CountDownLatch(tracks);
        workers.forEach(w -> w.post(again::countDown));
        assertTrue(again.await(20, TimeUnit.SECONDS), "all are still served");
    }
}
