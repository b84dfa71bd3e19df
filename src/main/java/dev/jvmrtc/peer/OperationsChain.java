package dev.jvmrtc.peer;

import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The operations chain of a connection (webrtc-pc §4.4.1.2): one operation at a time; the next starts in the task that ended the one before. Guarded by the
 * connection's lock, which callers hold.
 */
public final class OperationsChain {

    private record Operation<T>(ApiFuture<T> future, Consumer<ApiFuture<T>> start) {
        void run(OperationsChain chain, BooleanSupplier closed) {
            ApiFuture<T> inner = new ApiFuture<>(chain.tasks);
            inner.whenComplete((value, error) -> {
                // §4.4.1.2 step 7: "If connection.[[IsClosed]] is true, abort these steps": the future stays pending.
                if (closed.getAsBoolean()) {
                    return;
                }
                chain.ended();
                if (error == null) {
                    future.settle(value);
                } else {
                    future.settleFailed(error);
                }
            });
            start.accept(inner);
        }
    }

    private final TaskQueue tasks;
    private final BooleanSupplier closed;
    private final Runnable onEmpty;
    private final Object lock;
    private final ArrayDeque<Operation<?>> operations = new ArrayDeque<>();

    /** {@code onEmpty} runs in the task that ended the last operation. */
    public OperationsChain(TaskQueue tasks, Object lock, BooleanSupplier closed, Runnable onEmpty) {
        this.tasks = tasks;
        this.lock = lock;
        this.closed = closed;
        this.onEmpty = onEmpty;
    }

    /** Chains an operation, which settles the future it is given, in a task. */
    public <T> ApiFuture<T> chain(Consumer<ApiFuture<T>> operation) {
        ApiFuture<T> future = new ApiFuture<>(tasks);
        Operation<T> op = new Operation<>(future, operation);
        boolean first;
        synchronized (lock) {
            operations.add(op);
            first = operations.size() == 1;
        }
        if (first) {
            op.run(this, closed);
        }
        return future;
    }

    public boolean isEmpty() {
        synchronized (lock) {
            return operations.isEmpty();
        }
    }

    private void ended() {
        Operation<?> next;
        synchronized (lock) {
            operations.poll();
            next = operations.peek();
        }
        if (next != null) {
            next.run(this, closed);
        } else {
            onEmpty.run();
        }
    }
}
