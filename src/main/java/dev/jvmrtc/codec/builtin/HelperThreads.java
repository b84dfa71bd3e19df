package dev.jvmrtc.codec.builtin;

import dev.jvmrtc.codec.vp8.Helpers;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that help encoders with large frames, where the machine has processors for them. All encoders share them, one
 * fewer than there are processors, however many encode; they end where nobody has needed one for a while.
 */
final class HelperThreads implements Helpers {
    private static final int MAX_HELPERS = 3;
    private static final int PIXELS_OF_TWO_THREADS = 640 * 360;
    private static final int PIXELS_OF_FOUR_THREADS = 1_280 * 720;
    private static final long KEEP_ALIVE_SECONDS = 2;
    /** Parts that wait for a thread; more would come too late anyway. */
    private static final int QUEUE = 32;
    // How often a thread that waits looks again before it lets others run, and before it sleeps.
    private static final int SPINS = 100;
    private static final int YIELDS = 1_000;
    private static final long SLEEP_NANOS = 50_000;

    private static final ThreadPoolExecutor THREADS =
            pool(Math.max(1, Runtime.getRuntime().availableProcessors() - 1));

    private final int count;

    private HelperThreads(int count) {
        this.count = count;
    }

    /** What is more than the queue holds is not done by them: an encoder does it itself. */
    private static ThreadPoolExecutor pool(int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                KEEP_ALIVE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE),
                task -> {
                    Thread t = new Thread(task, "jvmrtc-vp8");
                    t.setDaemon(true);
                    return t;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** As many as serve frames of a size on a machine. */
    static Helpers of(int pixels, int processors) {
        int wanted = pixels >= PIXELS_OF_FOUR_THREADS ? MAX_HELPERS : pixels >= PIXELS_OF_TWO_THREADS ? 1 : 0;
        int count = Math.min(wanted, processors - 1);
        return count < 1 ? NONE : new HelperThreads(count);
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public void start(Runnable part) {
        THREADS.execute(part);
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
}
