package dev.jvmrtc.peer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A future that depends on a task of a connection, by whatever {@code thenApply} and its kin have made of it. Waiting for it on the executor of that connection
 * would never end, since the task waits behind the caller; that fails with a sentence instead, also where a stage happens to wait for another executor alone.
 * Whoever has it may complete it, as any future of their own.
 *
 * @param <T> the result
 */
public class DependentFuture<T> extends CompletableFuture<T> {
    private final TaskQueue tasks;

    DependentFuture(TaskQueue tasks) {
        this.tasks = tasks;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new DependentFuture<>(tasks);
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
