package dev.jvmrtc.peer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * A future that only this library completes. Waiting for it on the executor of its own connection would never end, since the task that completes it waits
 * behind the caller; that fails with a sentence instead.
 *
 * @param <T> the result
 */
public final class ApiFuture<T> extends CompletableFuture<T> {
    private final TaskQueue tasks;

    public ApiFuture(TaskQueue tasks) {
        this.tasks = tasks;
    }

    /** A future that has failed already. */
    public static <T> ApiFuture<T> failed(TaskQueue tasks, Throwable cause) {
        ApiFuture<T> f = new ApiFuture<>(tasks);
        f.settleFailed(cause);
        return f;
    }

    /** Completes it; for this library. */
    public void settle(T value) {
        super.complete(value);
    }

    public void settleFailed(Throwable cause) {
        super.completeExceptionally(cause);
    }

    private static UnsupportedOperationException notYours() {
        return new UnsupportedOperationException("this future is completed by the connection; use copy() for one that you can complete yourself");
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

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        throw notYours();
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

    private void refuseDeadlock() {
        if (!isDone() && tasks.isCurrent()) {
            throw new IllegalStateException("get() or join() inside a callback of the same connection would wait for ever: the result can only come after this "
                + "callback has returned. Use thenAccept() and its kin, or wait on another thread");
        }
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        refuseDeadlock();
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        refuseDeadlock();
        return super.get(timeout, unit);
    }

    @Override
    public T join() {
        refuseDeadlock();
        return super.join();
    }
}
