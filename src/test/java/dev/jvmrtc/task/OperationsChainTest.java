package dev.jvmrtc.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OperationsChainTest {
    private final Object lock = new Object();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicInteger empty = new AtomicInteger();
    private final TaskQueue tasks = new TaskQueue(Runnable::run, lock, () -> {});
    private final OperationsChain chain = new OperationsChain(
            tasks, lock, closed::get, empty::incrementAndGet, t -> new IllegalStateException("failed", t));

    static Stream<Throwable> throwables() {
        return Stream.of(
                new NullPointerException(),
                new IllegalArgumentException(),
                new StackOverflowError(),
                new OutOfMemoryError(),
                new AssertionError());
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void anOperationThatThrowsFailsItsFutureAndTheChainGoesOn(Throwable thrown) {
        ApiFuture<String> bad = chain.chain(f -> {
            if (thrown instanceof RuntimeException r) {
                throw r;
            }
            throw (Error) thrown;
        });
        ApiFuture<String> good = chain.chain(f -> f.settle("next"));
        assertEquals(
                thrown,
                assertThrows(CompletionException.class, bad::join).getCause().getCause());
        assertEquals("next", good.join());
        assertTrue(chain.isEmpty());
        assertEquals(2, empty.get());
    }

    @Test
    void theChainGoesOnThoughNotEvenTheErrorCanBeTold() {
        OperationsChain speechless = new OperationsChain(tasks, lock, closed::get, empty::incrementAndGet, t -> {
            throw new OutOfMemoryError();
        });
        ApiFuture<String> bad = speechless.chain(f -> {
            throw new IllegalArgumentException();
        });
        ApiFuture<String> good = speechless.chain(f -> f.settle("next"));
        assertTrue(bad.isCompletedExceptionally());
        assertEquals("next", good.join());
    }

    @Test
    void whatThrowsInALaterPartOfAnOperationFailsItToo() {
        ApiFuture<?>[] kept = {null};
        ApiFuture<String> bad = chain.chain(f -> kept[0] = f);
        ApiFuture<String> good = chain.chain(f -> f.settle("next"));
        assertFalse(bad.isDone());
        assertFalse(good.isDone(), "one at a time");
        tasks.post(() -> chain.guarded(kept[0], () -> {
            throw new IllegalArgumentException();
        }));
        assertTrue(bad.isCompletedExceptionally());
        assertEquals("next", good.join());
    }

    @Test
    void aClosedConnectionAbandonsWhatIsPending() {
        ApiFuture<?>[] kept = {null};
        ApiFuture<String> first = chain.chain(f -> kept[0] = f);
        ApiFuture<String> second = chain.chain(f -> f.settle("never"));
        closed.set(true);
        assertEquals(List.of(first, second), chain.abandon());
        assertTrue(chain.isEmpty());
        kept[0].settle(null);
        assertFalse(first.isDone(), "its end is the connection's to say");
        assertFalse(second.isDone());
    }
}
