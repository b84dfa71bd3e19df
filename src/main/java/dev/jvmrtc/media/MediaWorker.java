package dev.jvmrtc.media;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the codecs of one track, one task at a time and in order, on threads that all tracks of the process share: one for each processor. */
final class MediaWorker {
    private static final Logger LOG = LoggerFactory.getLogger(MediaWorker.class);
    private static final ThreadPoolExecutor THREADS = threads();

    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    private static ThreadPoolExecutor threads() {
        AtomicInteger number = new AtomicInteger();
        int n = Runtime.getRuntime().availableProcessors();
        ThreadPoolExecutor e = new ThreadPoolExecutor(n, n, 3, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), r -> {
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
        }
    }

    private void run() {
        do {
            try {
                tasks.poll().run();
            } catch (RuntimeException | StackOverflowError e) {
                LOG.error("a task of a track failed", e);
            }
        } while (waiting.decrementAndGet() > 0);
    }
}
