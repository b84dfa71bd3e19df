package dev.jvmrtc.media.pipeline;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shares the threads for codecs among the tracks: who has used the least of them has the next turn. A track that is
 * dear falls behind alone.
 *
 * <p>There is a thread for each processor. Beyond them there is one more where somebody has waited for long: for tracks
 * whose last turn was short, so that sound goes on beside pictures that are hard to decode; for any track where a turn
 * lasts for so long that its codec or sink is taken for stuck.
 */
final class MediaThreads {
    private static final Logger LOG = LoggerFactory.getLogger(MediaThreads.class);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Who waits longer than this, while nobody else of his kind had a turn, is given a thread more. */
    private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** A turn: another track is asked for when its task has taken so long. */
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** A turn as long as this makes its track a heavy one. */
    private static final long HEAVY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** How far a track that had nothing to do is before the others: it is served soon, and has no hoard of time. */
    private static final long CREDIT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** A track's place in the line. All of it under the lock of the threads, but {@link #work}. */
    abstract static class Client {
        /** The time of threads that it has used, beside the time of others when it came back. */
        private long used;

        private long order;
        private long waitsSince;
        private boolean heavy;
        private boolean inTurn;
        /** Something came while its turn was being ended. */
        private boolean again;

        /** Does one task; false when there is no other. */
        abstract boolean work();
    }

    private static final class Turn {
        private final Client client;
        private final boolean heavy;
        private final long startNanos;

        Turn(Client client, long now) {
            this.client = client;
            this.heavy = client.heavy;
            this.startNanos = now;
        }
    }

    private static final Comparator<Client> LEAST_USED =
            Comparator.<Client>comparingLong(c -> c.used).thenComparingLong(c -> c.order);

    private final int processors;
    private final int maxStuck;
    private final LongSupplier clock;
    private final ThreadFactory maker;
    private final PriorityQueue<Client> light = new PriorityQueue<>(LEAST_USED);
    private final PriorityQueue<Client> heavy = new PriorityQueue<>(LEAST_USED);
    private final List<Turn> turns = new ArrayList<>();
    private long served;
    private long orders;
    private int threads;
    private int idle;
    private int number;
    private boolean watched;
    private boolean lacking;

    /** @param maxStuck threads there may be beside one for each processor */
    MediaThreads(int processors, int maxStuck) {
        this(processors, maxStuck, System::nanoTime, Thread::new);
    }

    /** With another clock, for tests. */
    MediaThreads(int processors, int maxStuck, LongSupplier clock) {
        this(processors, maxStuck, clock, Thread::new);
    }

    /** With another clock, and threads that may fail to start, for tests. */
    MediaThreads(int processors, int maxStuck, LongSupplier clock, ThreadFactory maker) {
        this.processors = processors;
        this.maxStuck = maxStuck;
        this.clock = clock;
        this.maker = maker;
    }

    /** A track that had nothing to do has something. */
    synchronized void ready(Client c) {
        if (c.inTurn) {
            c.again = true;
            return;
        }
        c.used = Math.max(c.used, served - CREDIT_NANOS);
        enqueue(c, clock.getAsLong());
        if (idle > 0) {
            notify();
        }
        // A thread that has been notified counts as idle until it wakes: it takes one of those who wait, not all.
        boolean moreThanIdle = light.size() + heavy.size() > idle;
        if (moreThanIdle && threads < processors) {
            startThread();
        } else if (moreThanIdle || c.heavy) {
            watch();
        }
    }

    private void enqueue(Client c, long now) {
        c.order = orders++;
        c.waitsSince = now;
        (c.heavy ? heavy : light).add(c);
    }

    private void startThread() {
        threads++;
        try {
            Thread t = maker.newThread(this::run);
            t.setName("jvmrtc-media-" + ++number);
            t.setDaemon(true);
            t.start();
            lacking = false;
        } catch (Throwable e) { // no memory for another thread: those that are there go on
            threads--;
            if (!lacking) { // told once, not with each attempt
                lacking = true;
                tell("no thread more for codecs", e);
            }
            watch(); // it is tried again while somebody waits
        }
    }

    private void run() {
        Turn t = take(null, false);
        while (t != null) {
            boolean more = true;
            try {
                do {
                    Thread.interrupted(); // left behind by the task before, and not meant for this one
                    more = t.client.work();
                } while (more && clock.getAsLong() - t.startNanos < TURN_NANOS);
            } catch (Throwable e) { // whatever it is, the thread and the other tracks go on
                tell("a task of a track failed", e);
            }
            t = take(t, more);
        }
    }

    /**
     * Ends a turn, and begins the next; null where this thread is to end. What fails for want of memory is tried again
     * soon: neither a track nor the thread is lost by it.
     */
    private synchronized Turn take(Turn ended, boolean more) {
        Turn running = ended;
        Client back = null;
        boolean idled = false;
        long until = 0;
        while (true) {
            long pause = WAIT_NANOS;
            try {
                long now = clock.getAsLong();
                if (running != null) {
                    back = end(running, more, now);
                    running = null;
                }
                if (back != null) {
                    enqueue(back, now);
                    back = null;
                }
                Turn t = begin(now);
                if (t != null) {
                    return t;
                }
                until = idled ? until : now + IDLE_NANOS;
                idled = true;
                pause = until - now;
                if (pause <= 0) {
                    threads--;
                    return null;
                }
                if (!heavy.isEmpty()) {
                    watch(); // what has no room now has some when those that run are taken for stuck
                }
            } catch (Throwable e) {
                tell("a track's turn could not begin yet", e);
            }
            await(pause);
        }
    }

    /** The track, where it has more to do. */
    private Client end(Turn t, boolean more, long now) {
        Client c = t.client;
        long took = now - t.startNanos;
        turns.remove(t);
        c.used += took;
        c.heavy = took >= HEAVY_NANOS;
        c.inTurn = false;
        boolean back = more || c.again;
        c.again = false;
        return back ? c : null;
    }

    /** Of who has the least used; he leaves the line last, when nothing can fail. Null where nobody may have a turn. */
    private Turn begin(long now) {
        PriorityQueue<Client> line = next(now);
        if (line == null) {
            return null;
        }
        Client c = line.peek();
        Turn t = new Turn(c, now);
        turns.add(t);
        line.poll();
        served = Math.max(served, c.used);
        c.inTurn = true;
        return t;
    }

    private void await(long nanos) {
        idle++;
        try {
            TimeUnit.NANOSECONDS.timedWait(this, nanos);
        } catch (InterruptedException e) {
            // Left behind by a codec or a sink; nobody else interrupts these threads.
        } finally {
            idle--;
        }
    }

    /** The line whose first has used the least of who may have a turn now; null where there is nobody. */
    private PriorityQueue<Client> next(long now) {
        Client l = light.peek();
        Client h = heavy.isEmpty() || !roomForHeavy(now) ? null : heavy.peek();
        if (l != null && (h == null || LEAST_USED.compare(l, h) <= 0)) {
            return light;
        }
        return h == null ? null : heavy;
    }

    private boolean roomForHeavy(long now) {
        int running = 0;
        for (Turn t : turns) {
            running += (t.heavy || now - t.startNanos >= HEAVY_NANOS) && now - t.startNanos < STUCK_NANOS ? 1 : 0;
        }
        return running < processors;
    }

    private void watch() {
        if (watched) {
            return;
        }
        try {
            MediaClock.after(WAIT_NANOS, this::look);
            watched = true;
        } catch (Throwable e) { // no memory: with the next track that has something to do it is tried again
            tell("nobody watches over the threads for codecs", e);
        }
    }

    /** Telling may fail for the same want of memory. */
    private static void tell(String what, Throwable e) {
        try {
            LOG.error(what, e);
        } catch (Throwable again) {
            return; // nobody is left to be told
        }
    }

    /** Whether somebody who may have a turn waits for a thread. */
    private synchronized void look() {
        watched = false;
        if (light.isEmpty() && heavy.isEmpty()) {
            return;
        }
        try {
            long now = clock.getAsLong();
            boolean waits = waitsLong(light, now) || roomForHeavy(now) && waitsLong(heavy, now);
            if (waits && idle > 0) {
                notify(); // a heavy one, which was not to be had before
            } else if (waits && threads < processors + maxStuck) {
                tellOfStuckOnes(now);
                startThread();
            }
        } finally {
            watch();
        }
    }

    private static boolean waitsLong(PriorityQueue<Client> queue, long now) {
        Client c = queue.peek();
        return c != null && now - c.waitsSince >= WAIT_NANOS;
    }

    private void tellOfStuckOnes(long now) {
        int stuck = 0;
        for (Turn t : turns) {
            stuck += now - t.startNanos >= STUCK_NANOS ? 1 : 0;
        }
        if (stuck >= processors) {
            LOG.warn(
                    "codecs or sinks of {} tracks have not returned for a second; others go on with one thread more",
                    stuck);
        }
    }

    synchronized int threads() {
        return threads;
    }
}
