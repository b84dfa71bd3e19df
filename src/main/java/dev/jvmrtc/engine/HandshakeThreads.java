package dev.jvmrtc.engine;

import dev.jvmrtc.dtls.HandshakeExecutor;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads for DTLS handshakes: virtual ones where the Java runtime has them (21 and later), else a bounded number of platform threads. */
public final class HandshakeThreads implements HandshakeExecutor {

    /** Handshakes at once on platform threads; further ones wait for the peer's retransmission. */
    public static final int MAX_PLATFORM_THREADS = 256;
    /** Handshakes at once on virtual threads, which cost memory only. */
    public static final int MAX_VIRTUAL_THREADS = 65_536;

    private final Executor executor;
    private final int max;
    private final AtomicInteger running = new AtomicInteger();

    public HandshakeThreads() {
        Executor virtual = virtualThreads();
        if (virtual != null) {
            executor = virtual;
            max = MAX_VIRTUAL_THREADS;
        } else {
            executor = new ThreadPoolExecutor(0, MAX_PLATFORM_THREADS, 3, TimeUnit.SECONDS, new SynchronousQueue<>(), r -> {
                Thread t = new Thread(r, "jvmrtc-dtls-handshake");
                t.setDaemon(true);
                return t;
            });
            max = MAX_PLATFORM_THREADS;
        }
    }

    /** An executor of virtual threads, by reflection because this library runs on 17; null there. */
    static Executor virtualThreads() {
        try {
            return (ExecutorService) java.util.concurrent.Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    @Override
    public boolean tryExecute(Runnable task) {
        if (running.incrementAndGet() > max) {
            running.decrementAndGet();
            return false;
        }
        try {
            executor.execute(() -> {
                try {
                    task.run();
                } finally {
                    running.decrementAndGet();
                }
            });
            return true;
        } catch (java.util.concurrent.RejectedExecutionException e) {
            running.decrementAndGet();
            return false;
        }
    }
}
