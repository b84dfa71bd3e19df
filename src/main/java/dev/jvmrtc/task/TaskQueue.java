package dev.jvmrtc.task;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tasks of one connection (HTML, "queue a task"): one at a time, in order, on the application's executor, never
 * nested whatever the executor. A burst is drained in one submission. Tasks never start while the connection's lock is
 * held by the thread that posts them, so that {@code Runnable::run} is a fine executor too.
 *
 * <p>The executor is the application's: whatever it throws, and however often it runs what it was given, harms nobody
 * but this connection. One that throws ends the queue; what settles futures runs nevertheless, on the thread that posts
 * it.
 */
public final class TaskQueue {
    private static final Logger LOG = LoggerFactory.getLogger(TaskQueue.class);
    /** Tasks run in one submission, so that a busy connection does not keep a shared thread for itself. */
    private static final int MAX_BATCH = 1_000;

    private static final ThreadLocal<TaskQueue> CURRENT = new ThreadLocal<>();

    /** A task that settles futures: it runs after the end too, since somebody may wait. */
    private record Settlement(Runnable task) implements Runnable {
        @Override
        public void run() {
            task.run();
        }
    }

    private final Executor executor;
    private final Object lock;
    private final Runnable onRejected;
    private final ConcurrentLinkedDeque<Runnable> tasks = new ConcurrentLinkedDeque<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile boolean ended;
    private volatile boolean refused;
    private final UnseenFailures unseen;

    /**
     * @param lock the connection's lock
     * @param onRejected called once if the executor throws when it is given tasks
     */
    public TaskQueue(Executor executor, Object lock, Runnable onRejected) {
        this(executor, lock, onRejected, new UnseenFailures());
    }

    TaskQueue(Executor executor, Object lock, Runnable onRejected, UnseenFailures unseen) {
        this.unseen = unseen;
        this.executor = executor;
        this.lock = lock;
        this.onRejected = onRejected;
    }

    UnseenFailures unseen() {
        return unseen;
    }

    /** Whether the calling thread is running a task of this queue. */
    public boolean isCurrent() {
        return CURRENT.get() == this;
    }

    /** Whether the executor has thrown: tasks do not run any more but those that settle futures. */
    public boolean isRefused() {
        return refused;
    }

    public void post(Runnable task) {
        if (!ended) {
            tasks.add(task);
            kick();
        }
    }

    /** Puts a task before all that wait; for what must follow the running task immediately. */
    public void postNext(Runnable task) {
        if (!ended) {
            tasks.addFirst(task);
            kick();
        }
    }

    /**
     * Posts what settles a future. It runs whatever becomes of the queue, unless the executor takes tasks and never
     * runs them.
     */
    public void postSettlement(Runnable task) {
        tasks.add(new Settlement(task));
        kick();
    }

    /**
     * Submits the queue if it is not empty and not submitted yet, unless the lock is held; then the one who releases it
     * calls again.
     */
    public void kick() {
        boolean again = true;
        while (again && !tasks.isEmpty() && !Thread.holdsLock(lock) && scheduled.compareAndSet(false, true)) {
            again = submit();
        }
    }

    /** Returns whether it ran at once, on this thread, so that there may be more to submit. */
    private boolean submit() {
        Submission s = new Submission();
        try {
            if (refused) {
                s.run();
            } else {
                executor.execute(s);
            }
        } catch (Throwable e) {
            refuse(s, e);
            return true;
        } finally {
            s.handedOver = true;
        }
        return s.ranAtOnce;
    }

    private void refuse(Submission s, Throwable cause) {
        boolean first = !refused;
        refused = true;
        boolean wasEnded = ended;
        end();
        if (first && !wasEnded) {
            LOG.error("the executor of a connection refuses tasks: the connection is closed", cause);
        }
        if (s.cancel()) {
            scheduled.set(false);
        } // else it has run, or runs, and schedules anew at its end
        if (first && !wasEnded) {
            onRejected.run();
        }
    }

    /** What the executor is given: runs once, however often it is called. */
    private final class Submission extends AtomicBoolean implements Runnable {
        private static final long serialVersionUID = 1;
        private final transient Thread submitter = Thread.currentThread();
        /** Of the submitter's thread alone: whether {@code execute} has returned, and whether it ran this before. */
        private boolean handedOver;

        private boolean ranAtOnce;

        /** Keeps it from running; false where it has begun. */
        boolean cancel() {
            return compareAndSet(false, true);
        }

        @Override
        public void run() {
            if (compareAndSet(false, true)) {
                ranAtOnce = Thread.currentThread() == submitter && !handedOver;
                drain(ranAtOnce);
            }
        }
    }

    private void drain(boolean submittedHere) {
        TaskQueue outer = CURRENT.get();
        CURRENT.set(this);
        try {
            for (int i = 0; i < MAX_BATCH; i++) {
                Runnable t = tasks.poll();
                if (t == null) {
                    break;
                }
                if (ended && !(t instanceof Settlement)) {
                    continue;
                }
                try {
                    t.run();
                } catch (Throwable e) {
                    LOG.error("a task of a connection failed", e);
                }
            }
        } finally {
            CURRENT.set(outer); // null is not removed: the thread's entry serves for its next submission
            scheduled.set(false);
            if (!submittedHere) {
                // Else the one who submitted looks again: an executor that runs at once must not nest deeper and
                // deeper.
                kick();
            }
        }
    }

    /** No task will start any more but those that settle futures. */
    public void end() {
        ended = true;
        tasks.removeIf(t -> !(t instanceof Settlement));
    }
}
