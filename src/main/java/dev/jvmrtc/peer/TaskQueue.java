package dev.jvmrtc.peer;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tasks of one connection (HTML, "queue a task"): one at a time, in order, on the application's executor, never nested whatever the executor. A burst is
 * drained in one submission. Tasks never start while the connection's lock is held by the thread that posts them, so that {@code Runnable::run} is a fine
 * executor too.
 */
public final class TaskQueue {
    private static final Logger LOG = LoggerFactory.getLogger(TaskQueue.class);
    /** Tasks run in one submission, so that a busy connection does not keep a shared thread for itself. */
    private static final int MAX_BATCH = 1_000;
    private static final ThreadLocal<TaskQueue> CURRENT = new ThreadLocal<>();

    private final Executor executor;
    private final Object lock;
    private final Runnable onRejected;
    private final ConcurrentLinkedDeque<Runnable> tasks = new ConcurrentLinkedDeque<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile boolean ended;
    private volatile boolean refused;

    /**
     * @param lock the connection's lock
     * @param onRejected called once if the executor refuses to run tasks
     */
    public TaskQueue(Executor executor, Object lock, Runnable onRejected) {
        this.executor = executor;
        this.lock = lock;
        this.onRejected = onRejected;
    }

    /** Whether the calling thread is running a task of this queue. */
    public boolean isCurrent() {
        return CURRENT.get() == this;
    }

    /** Whether the executor has refused a task: none will run any more. */
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

    /** Submits the queue if it is not empty and not submitted yet, unless the lock is held; then the one who releases it calls again. */
    public void kick() {
        if (tasks.isEmpty() || Thread.holdsLock(lock) || !scheduled.compareAndSet(false, true)) {
            return;
        }
        try {
            executor.execute(this::drain);
        } catch (RejectedExecutionException e) {
            scheduled.set(false);
            refused = true;
            if (!ended) {
                end();
                LOG.error("the executor of a connection refuses tasks: the connection is closed", e);
                onRejected.run();
            }
        }
    }

    private void drain() {
        TaskQueue outer = CURRENT.get();
        CURRENT.set(this);
        try {
            for (int i = 0; i < MAX_BATCH; i++) {
                Runnable t = tasks.poll();
                if (t == null) {
                    break;
                }
                try {
                    t.run();
                } catch (Throwable e) {
                    LOG.error("a task of a connection failed", e);
                }
            }
        } finally {
            if (outer == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(outer);
            }
            scheduled.set(false);
            kick();
        }
    }

    /** No task will start any more. */
    public void end() {
        ended = true;
        tasks.clear();
    }
}
