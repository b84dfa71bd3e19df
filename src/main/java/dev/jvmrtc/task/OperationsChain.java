package dev.jvmrtc.task;

import java.util.ArrayDeque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The operations chain of a connection (webrtc-pc §4.4.1.2): one operation at a time; the next starts in the task that
 * ended the one before. Each is a task; one that throws, whatever it throws, fails its own future, and the chain goes
 * on. Any thread may call any method.
 */
public final class OperationsChain {

    private record Operation<T>(ApiFuture<T> future, Consumer<ApiFuture<T>> body) {}

    private final TaskQueue tasks;
    private final BooleanSupplier closed;
    private final Runnable onEmpty;
    private final Function<Throwable, Throwable> onThrown;
    private final Object lock;
    private final ArrayDeque<Operation<?>> operations = new ArrayDeque<>();

    /**
     * @param lock the connection's lock, which guards the chain
     * @param onEmpty runs in the task that ended the last operation
     * @param onThrown gives the error with which the future of an operation fails that has thrown something
     */
    public OperationsChain(
            TaskQueue tasks,
            Object lock,
            BooleanSupplier closed,
            Runnable onEmpty,
            Function<Throwable, Throwable> onThrown) {
        this.tasks = tasks;
        this.lock = lock;
        this.closed = closed;
        this.onEmpty = onEmpty;
        this.onThrown = onThrown;
    }

    /** Chains an operation. It runs as a task and settles the future it is given, at once or in a later task. */
    public <T> ApiFuture<T> chain(Consumer<ApiFuture<T>> operation) {
        Operation<T> op = new Operation<>(ApiFuture.calledHere(tasks), operation);
        boolean first;
        synchronized (lock) {
            operations.add(op);
            first = operations.size() == 1;
        }
        if (first) {
            start(op);
        }
        return op.future;
    }

    private <T> void start(Operation<T> op) {
        ApiFuture<T> inner = new ApiFuture<>(tasks);
        inner.whenComplete((value, error) -> {
            // §4.4.1.2 step 7: "If connection.[[IsClosed]] is true, abort these steps"; abandon() has settled the
            // future.
            if (closed.getAsBoolean()) {
                return;
            }
            ended();
            if (error == null) {
                op.future.settle(value);
            } else {
                op.future.settleFailed(error);
            }
        });
        tasks.post(() -> guarded(inner, () -> op.body.accept(inner)));
    }

    /** Runs a part of an operation: what it throws fails the operation's future. */
    public void guarded(ApiFuture<?> future, Runnable part) {
        try {
            part.run();
        } catch (Throwable t) {
            Throwable error = t;
            try {
                error = onThrown.apply(t);
            } catch (Throwable again) {
                // Where there is no memory even to tell what happened, the chain goes on all the same.
            } finally {
                future.settleFailed(error);
            }
        }
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
            start(next);
        } else {
            onEmpty.run();
        }
    }

    /** The connection is closed: none of the operations will end by itself. Returns their futures. */
    public List<ApiFuture<?>> abandon() {
        synchronized (lock) {
            List<ApiFuture<?>> left =
                    operations.stream().<ApiFuture<?>>map(Operation::future).toList();
            operations.clear();
            return left;
        }
    }
}
