package dev.jvmrtc.media.pipeline;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Runs the codecs of one track, one task at a time and in order, on threads that all tracks of the process share
 * fairly.
 */
public final class MediaWorker extends MediaThreads.Client {
    private static final Logger LOG = LoggerFactory.getLogger(MediaWorker.class);
    /** Threads that may be there beside one for each processor. */
    static final int MAX_STUCK = 32;

    private static final MediaThreads THREADS =
            new MediaThreads(Runtime.getRuntime().availableProcessors(), MAX_STUCK);

    private final MediaThreads threads;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private boolean told;

    public MediaWorker() {
        this(THREADS);
    }

    MediaWorker(MediaThreads threads) {
        this.threads = threads;
    }

    /** Tasks that wait or run. */
    int waiting() {
        return waiting.get();
    }

    public void post(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            threads.ready(this);
        }
    }

    @Override
    boolean work() {
        try {
            tasks.poll().run();
        } catch (Throwable e) { // OutOfMemoryError too: it costs this task, not the track
            LOG.atLevel(told ? Level.DEBUG : Level.ERROR).setCause(e).log("a task of a track failed");
            told = true;
        }
        return waiting.decrementAndGet() > 0;
    }
}
