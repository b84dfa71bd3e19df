package dev.jvmrtc.codec.builtin;

import dev.jvmrtc.codec.vp8.Helpers;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that help one encoder with large pictures, where the machine has processors for them. They end with
 * {@link #close}, and by themselves where no picture came for a while.
 */
final class HelperThreads implements Helpers, AutoCloseable {
    private static final int MAX_HELPERS = 3;
    private static final int PIXELS_OF_TWO_THREADS = 640 * 360;
    private static final int PIXELS_OF_FOUR_THREADS = 1_280 * 720;
    private static final long KEEP_ALIVE_SECONDS = 2;
    /** Parts that wait for a thread; more would come too late anyway. */
    private static final int QUEUE = 8;
    // How often a thread that waits looks again before it lets others run, and before it sleeps.
    private static final int SPINS = 100;
    private static final int YIELDS = 1_000;
    private static final long SLEEP_NANOS = 50_000;

    private final int count;
    private final ThreadPoolExecutor threads;

    private HelperThreads(int count) {
        this.count = count;
        threads = new ThreadPoolExecutor(
                count,
                count,
                KEEP_ALIVE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE),
                task -> {
                    Thread t = new Thread(task, "jvmrtc-vp8");
                    t.setDaemon(true);
                    return t;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        threads.allowCoreThreadTimeOut(true);
    }

    /** As many as serve pictures of a size on a machine; null for none. */
    static HelperThreads of(int pixels, int processors) {
        int wanted = pixels >= PIXELS_OF_FOUR_THREADS ? MAX_HELPERS : pixels >= PIXELS_OF_TWO_THREADS ? 1 : 0;
        int count = Math.min(wanted, processors - 1);
        return count < 1 ? null : new HelperThreads(count);
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public void start(Runnable part) {
        threads.execute(part);
    }

    @Override
    public void pause(int times) {
        if (times < SPINS) {
            Thread.onSpinWait();
        } else if (times < YIELDS) {
            Thread.yield();
        } else {
            LockSupport.parkNanos(SLEEP_NANOS);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
