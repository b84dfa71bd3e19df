package dev.jvmrtc.engine;

import dev.jvmrtc.dtls.HandshakeExecutor;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads for DTLS handshakes: virtual ones where the Java runtime has them (21 and later), else a bounded number of
 * platform threads. Where all are taken, the handshake whose peer has been silent for the longest time gives way: first
 * of those whose peer has not said a word yet, then of the others.
 */
public final class HandshakeThreads implements HandshakeExecutor {

    /** Handshakes at once on platform threads; further ones try again soon. */
    public static final int MAX_PLATFORM_THREADS = 256;
    /** Handshakes at once on virtual threads, which cost memory only. */
    public static final int MAX_VIRTUAL_THREADS = 65_536;
    /** Before so long a silence nobody gives way: answers need a while to come. */
    static final long SILENCE_NANOS = 1_000_000_000L;
    /** The same for a peer that has begun: it may be resending. */
    static final long LONG_SILENCE_NANOS = 4_000_000_000L;
    /** All are looked through at most once in this time. */
    private static final long LOOK_NANOS = 10_000_000L;

    private static final String NAME = "jvmrtc-dtls-handshake";

    private final Executor executor;
    private final int max;
    private final AtomicInteger running = new AtomicInteger();
    private final Set<Handshake> handshakes = ConcurrentHashMap.newKeySet();
    private final AtomicLong lookedNanos = new AtomicLong(System.nanoTime() - LOOK_NANOS);

    public HandshakeThreads() {
        this(virtualThreads());
    }

    /** @param virtual where there are virtual threads; or null */
    HandshakeThreads(Executor virtual) {
        if (virtual != null) {
            executor = virtual;
            max = MAX_VIRTUAL_THREADS;
        } else {
            executor = new ThreadPoolExecutor(
                    0, MAX_PLATFORM_THREADS, 3, TimeUnit.SECONDS, new SynchronousQueue<>(), r -> {
                        Thread t = new Thread(r, NAME);
                        t.setDaemon(true);
                        return t;
                    });
            max = MAX_PLATFORM_THREADS;
        }
    }

    /** An executor of virtual threads, by reflection because this library runs on 17; null there. */
    static Executor virtualThreads() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    /** The same threads for the handshakes of one connection, whose name they bear meanwhile. */
    public HandshakeExecutor named(String connection) {
        String name = NAME + "-" + connection;
        return handshake -> tryExecute(handshake, name);
    }

    @Override
    public boolean tryExecute(Handshake handshake) {
        return tryExecute(handshake, NAME);
    }

    private boolean tryExecute(Handshake handshake, String name) {
        if (running.incrementAndGet() > max) {
            running.decrementAndGet();
            makeRoom(System.nanoTime());
            return false;
        }
        handshakes.add(handshake);
        try {
            executor.execute(() -> {
                Thread.currentThread().setName(name);
                try {
                    handshake.run();
                } finally {
                    Thread.currentThread().setName(NAME);
                    ended(handshake);
                }
            });
            return true;
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            // The Error is how Java says that the system has no thread left.
            ended(handshake);
            return false;
        }
    }

    private void ended(Handshake handshake) {
        running.decrementAndGet(); // first: whoever finds no room takes one of these to be in its place
        handshakes.remove(handshake);
    }

    /** Asks one to give way. Its thread is free a moment later, for whoever tries again first. */
    private void makeRoom(long now) {
        long looked = lookedNanos.get();
        if (now - looked < LOOK_NANOS || !lookedNanos.compareAndSet(looked, now)) {
            return;
        }
        Handshake oldest = null;
        for (Handshake h : handshakes) {
            long silence = now - h.heardNanos();
            boolean silent = silence >= (h.hasHeard() ? LONG_SILENCE_NANOS : SILENCE_NANOS);
            if (silent
                    && (oldest == null
                            || oldest.hasHeard() && !h.hasHeard()
                            || oldest.hasHeard() == h.hasHeard() && h.heardNanos() - oldest.heardNanos() < 0)) {
                oldest = h;
            }
        }
        if (oldest != null) {
            oldest.giveWay();
        }
    }
}
