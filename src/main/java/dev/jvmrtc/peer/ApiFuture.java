package dev.jvmrtc.peer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A future that only this library completes: {@code complete} and its kin throw, {@code cancel} does nothing, since what was begun goes on.
 *
 * @param <T> the result
 */
public final class ApiFuture<T> extends DependentFuture<T> {

    public ApiFuture(TaskQueue tasks) {
        super(tasks);
    }

    /** A future that has failed already. */
    public static <T> ApiFuture<T> failed(TaskQueue tasks, Throwable cause) {
        ApiFuture<T> f = new ApiFuture<>(tasks);
        f.settleFailed(cause);
        return f;
    }

    /** Completes it; for this library. What comes after the first time has no effect. */
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
