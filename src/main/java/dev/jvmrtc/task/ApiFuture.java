package dev.jvmrtc.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A future that only this library completes: {@code complete} and its kin throw, {@code cancel} does nothing, since
 * what was begun goes on.
 *
 * @param <T> the result
 */
public final class ApiFuture<T> extends DependentFuture<T> {

    private final Throwable caller;
    /**
     * What {@code thenApply} and its kin have made of this while it is pending; null where nothing was. Guarded by this
     * object; that it is null is seen without, since many futures of messages are settled.
     */
    private volatile List<DependentFuture<?>> descendants;

    public ApiFuture(TaskQueue tasks) {
        this(tasks, null);
    }

    private ApiFuture(TaskQueue tasks, Throwable caller) {
        super(tasks, null);
        this.caller = caller;
    }

    /**
     * A future whose error tells who called: it is made in a task, whose stack says nothing of that. For operations
     * that are few: a stack is dear to look at, and messages are many.
     */
    public static <T> ApiFuture<T> calledHere(TaskQueue tasks) {
        return new ApiFuture<>(tasks, new Throwable());
    }

    /** The frames of the caller come behind those of the task. */
    private Throwable withCaller(Throwable error) {
        if (caller != null && !isDone()) {
            StackTraceElement[] task = error.getStackTrace();
            StackTraceElement[] calling = caller.getStackTrace();
            StackTraceElement[] both = Arrays.copyOf(task, task.length + calling.length);
            System.arraycopy(calling, 0, both, task.length, calling.length);
            error.setStackTrace(both);
        }
        return error;
    }

    /** A future that has failed already. */
    public static <T> ApiFuture<T> failed(TaskQueue tasks, Throwable cause) {
        ApiFuture<T> f = new ApiFuture<>(tasks);
        f.settleFailed(cause);
        return f;
    }

    final synchronized void addDescendant(DependentFuture<?> f) {
        if (!isDone()) {
            descendants = descendants == null ? new ArrayList<>(2) : descendants;
            descendants.add(f);
        }
    }

    /** The last chance to see who waits for the descendants: those who do are forgotten as they are told. */
    private void lookAtDescendants() {
        if (descendants == null) {
            return;
        }
        List<DependentFuture<?>> all;
        synchronized (this) {
            all = descendants;
            descendants = null;
        }
        if (all != null) {
            all.forEach(DependentFuture::look);
        }
    }

    /** Completes it; for this library. What comes after the first time has no effect. */
    public void settle(T value) {
        lookAtDescendants();
        super.complete(value);
    }

    /** Fails it; what comes after the first time has no effect. If nobody looks at it, that is logged. */
    public void settleFailed(Throwable cause) {
        lookAtDescendants();
        boolean awaited = getNumberOfDependents() > 0; // allOf and anyOf depend on it without a word
        if (super.completeExceptionally(withCaller(cause)) && !awaited) {
            tasks.unseen().failed(this, cause);
        }
    }

    /**
     * The same without a log, of what depends on it neither, where it is nobody's error: the connection was closed
     * before.
     */
    public void abandon(Throwable cause) {
        tasks.unseen().dismiss(cause);
        super.completeExceptionally(withCaller(cause));
    }

    private static UnsupportedOperationException notYours() {
        return new UnsupportedOperationException(
                "this future is completed by the connection; use copy() for one that you can complete yourself");
    }

    @Override
    public boolean complete(T value) {
        throw notYours();
    }

    @Override
    public boolean completeExceptionally(Throwable ex) {
        throw notYours();
    }

    @Override
    public void obtrudeValue(T value) {
        throw notYours();
    }

    @Override
    public void obtrudeException(Throwable ex) {
        throw notYours();
    }

    /** Does nothing and gives false: an operation of a connection cannot be cancelled. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return false;
    }

    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        throw notYours();
    }

    @Override
    public CompletableFuture<T> completeOnTimeout(T value, long timeout, TimeUnit unit) {
        return copy().completeOnTimeout(value, timeout, unit);
    }

    @Override
    public CompletableFuture<T> orTimeout(long timeout, TimeUnit unit) {
        return copy().orTimeout(timeout, unit);
    }
}
