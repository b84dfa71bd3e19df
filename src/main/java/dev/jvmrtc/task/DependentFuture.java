package dev.jvmrtc.task;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

/**
 * A future that depends on a task of a connection, by whatever {@code thenApply} and its kin have made of it. Waiting
 * for it on the executor of that connection would never end, since the task waits behind the caller; that fails with a
 * sentence instead, also where a stage happens to wait for another executor alone. Whoever has it may complete it, as
 * any future of their own.
 *
 * @param <T> the result
 */
public class DependentFuture<T> extends CompletableFuture<T> {
    final TaskQueue tasks;
    /** The future of an operation by which this began; of that one it is null. */
    private final ApiFuture<?> root;

    private volatile boolean seen;
    /** While this looks at itself. Of the thread that makes it alone. */
    private boolean watching;

    DependentFuture(TaskQueue tasks, ApiFuture<?> root) {
        this.tasks = tasks;
        this.root = root;
    }

    /** Every way to depend on this one begins here: whoever does so has looked at it. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        if (watching) {
            return new CompletableFuture<>();
        }
        seen = true;
        ApiFuture<?> r = root != null ? root : (ApiFuture<?>) this;
        DependentFuture<U> f = new DependentFuture<>(tasks, r);
        f.watch();
        r.addDescendant(f);
        return f;
    }

    private void watch() {
        watching = true;
        super.whenComplete((value, error) -> {
            if (error != null) {
                tasks.unseen().failed(this, error);
            }
        });
        watching = false;
    }

    /** Whether anybody has asked how it ended, or wants to be told. */
    final boolean isSeen() {
        return seen;
    }

    final void setSeen() {
        seen = true;
    }

    /**
     * Somebody besides {@link #watch} waits for this: {@code allOf} and {@code anyOf} do so without asking for a
     * dependent, and know its failure then.
     */
    final void look() {
        seen |= !isDone() && getNumberOfDependents() > 1;
    }

    private static <T> CompletableFuture<T> seen(CompletableFuture<T> f) {
        if (f instanceof DependentFuture<?> d) {
            d.setSeen(); // the action has been given the error
        }
        return f;
    }

    @Override
    public CompletableFuture<T> whenComplete(BiConsumer<? super T, ? super Throwable> action) {
        return seen(super.whenComplete(action));
    }

    @Override
    public CompletableFuture<T> whenCompleteAsync(BiConsumer<? super T, ? super Throwable> action) {
        return seen(super.whenCompleteAsync(action));
    }

    @Override
    public CompletableFuture<T> whenCompleteAsync(BiConsumer<? super T, ? super Throwable> action, Executor executor) {
        return seen(super.whenCompleteAsync(action, executor));
    }

    @Override
    public CompletableFuture<T> toCompletableFuture() {
        seen = true;
        return super.toCompletableFuture();
    }

    @Override
    public CompletionStage<T> minimalCompletionStage() {
        seen = true;
        return super.minimalCompletionStage();
    }

    @Override
    public T getNow(T valueIfAbsent) {
        seen = true;
        return super.getNow(valueIfAbsent);
    }

    @Override
    public boolean isCompletedExceptionally() {
        seen = true;
        return super.isCompletedExceptionally();
    }

    private void refuseDeadlock() {
        seen = true;
        if (!isDone() && tasks.isCurrent()) {
            throw new IllegalStateException(
                    "get() or join() inside a callback of the same connection would wait for ever: the result can only come after this "
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
