package dev.jvmrtc.media;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the codecs of one track, one task at a time and in order, on threads that all tracks of the process share: one for each processor. Where all of them have done
 * nothing for a second, since codecs or takers do not return, there is one more, so that other tracks go on.
 */
final class MediaWorker {
    private static final Logger LOG = LoggerFactory.getLogger(MediaWorker.class);
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
    /** Threads that may be stuck beside those that work. */
    static final int MAX_STUCK = 32;
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final ThreadPoolExecutor THREADS = threads();
    /** Tasks that have ended, and whether somebody looks after them. */
    private static final AtomicInteger ENDED = new AtomicInteger();
    private static final AtomicBoolean WATCHED = new AtomicBoolean();

    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    private static ThreadPoolExecutor threads() {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor e = new ThreadPoolExecutor(PROCESSORS, PROCESSORS, 3, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), r -> {
            Thread t = new Thread(r, "jvmrtc-media-" + number.incrementAndGet());
            t.setDaemon(true);
            return t;
        });
        e.allowCoreThreadTimeOut(true);
        return e;
    }

    /** Tasks that wait or run. */
    int waiting() {
        return waiting.get();
    }

    void post(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            THREADS.execute(this::run);
            if (!THREADS.getQueue().isEmpty() && WATCHED.compareAndSet(false, true)) {
                watch(ENDED.get());
            }
        }
    }

    /** Looks again in a second whether tasks have ended, as long as some wait for a thread. */
    private static void watch(int endedBefore) {
        MediaClock.after(STUCK_NANOS, () -> {
            int ended = ENDED.get();
            boolean waits = !THREADS.getQueue().isEmpty();
            int threads = THREADS.getMaximumPoolSize();
            if (waits && ended == endedBefore && threads < PROCESSORS + MAX_STUCK) {
                LOG.warn("codecs or takers of {} tracks have not returned for a second; others go on with one thread more", threads);
                THREADS.setMaximumPoolSize(threads + 1);
                THREADS.setCorePoolSize(threads + 1);
            } else if (!waits && threads > PROCESSORS && THREADS.getActiveCount() < threads) {
                THREADS.setCorePoolSize(threads - 1);
                THREADS.setMaximumPoolSize(threads - 1);
            }
            if (waits || THREADS.getMaximumPoolSize() > PROCESSORS) {
                watch(ended);
            } else {
                WATCHED.set(false);
            }
        });
    }

    private void run() {
        do {
            try {
                tasks.poll().run();
            } catch (RuntimeException | StackOverflowError e) {
                LOG.error("a task of a track failed", e);
            }
            ENDED.incrementAndGet();
        } while (waiting.decrementAndGet() > 0);
    }
}
