package dev.jvmrtc.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The application's executor is the application's: whatever it does, tasks run once, one at a time, and nothing is
 * thrown at those who post.
 */
class TaskQueueTest {
    private final Object lock = new Object();
    private final AtomicInteger rejected = new AtomicInteger();

    static Stream<Throwable> throwables() {
        return Stream.of(
                new RejectedExecutionException("full"),
                new IllegalStateException("no"),
                new AssertionError("no"),
                new OutOfMemoryError("no thread"),
                new ThreadDeath());
    }

    private static void sneak(Throwable t) {
        if (t instanceof RuntimeException r) {
            throw r;
        }
        throw (Error) t;
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void anExecutorThatThrowsEndsTheQueueAndNobodyElseHearsOfIt(Throwable thrown) {
        TaskQueue q = new TaskQueue(r -> sneak(thrown), lock, rejected::incrementAndGet);
        List<String> ran = new ArrayList<>();
        q.post(() -> ran.add("task"));
        q.post(() -> ran.add("another"));
        assertTrue(q.isRefused());
        assertEquals(1, rejected.get(), "told once");
        assertEquals(List.of(), ran);
        q.postSettlement(() -> ran.add("settled"));
        assertEquals(List.of("settled"), ran, "what somebody may wait for runs all the same");
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void anExecutorThatRunsATaskAndThrowsThenRunsItOnce(Throwable thrown) {
        AtomicInteger runs = new AtomicInteger();
        TaskQueue q = new TaskQueue(
                r -> {
                    r.run();
                    r.run();
                    sneak(thrown);
                },
                lock,
                rejected::incrementAndGet);
        q.post(runs::incrementAndGet);
        assertEquals(1, runs.get());
        assertEquals(1, rejected.get());
    }

    @Test
    void anExecutorThatThrowsAndRunsTheTaskLaterRunsNothing() {
        List<Runnable> kept = new ArrayList<>();
        AtomicInteger runs = new AtomicInteger();
        TaskQueue q = new TaskQueue(
                r -> {
                    kept.add(r);
                    throw new RejectedExecutionException();
                },
                lock,
                rejected::incrementAndGet);
        q.post(runs::incrementAndGet);
        kept.forEach(Runnable::run);
        assertEquals(0, runs.get());
    }

    @Test
    void anExecutorThatRunsEverythingTwiceRunsEachTaskOnce() {
        List<Integer> ran = new ArrayList<>();
        TaskQueue q = new TaskQueue(
                r -> {
                    r.run();
                    r.run();
                },
                lock,
                rejected::incrementAndGet);
        for (int i = 0; i < 5; i++) {
            int n = i;
            q.post(() -> ran.add(n));
        }
        assertEquals(List.of(0, 1, 2, 3, 4), ran);
    }

    @Test
    void anExecutorThatRunsTheSameThingOnTwoThreadsRunsTasksOneAtATime() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger overlaps = new AtomicInteger();
        AtomicInteger runs = new AtomicInteger();
        CompletableFuture<Void> all = new CompletableFuture<>();
        TaskQueue q = new TaskQueue(
                r -> {
                    new Thread(r).start();
                    new Thread(r).start();
                },
                lock,
                rejected::incrementAndGet);
        for (int i = 0; i < 200; i++) {
            q.post(() -> {
                if (inside.incrementAndGet() != 1) {
                    overlaps.incrementAndGet();
                }
                inside.decrementAndGet();
                if (runs.incrementAndGet() == 200) {
                    all.complete(null);
                }
            });
        }
        all.get(30, java.util.concurrent.TimeUnit.SECONDS);
        assertEquals(0, overlaps.get());
        assertEquals(200, runs.get());
    }

    @Test
    void anExecutorThatRunsAtOnceDoesNotNestDeeperWithEachTask() {
        AtomicInteger runs = new AtomicInteger();
        TaskQueue q = new TaskQueue(Runnable::run, lock, rejected::incrementAndGet);
        int wanted = 3_000_000; // a thousand of them are one submission; nested, 3,000 would not fit the stack below
        Runnable[] again = {null};
        again[0] = () -> {
            if (runs.incrementAndGet() < wanted) {
                q.post(again[0]);
            }
        };
        Thread t = new Thread(null, () -> q.post(again[0]), "small stack", 64 * 1024);
        t.start();
        assertFalse(joined(t), "it ends");
        assertEquals(wanted, runs.get());
    }

    private static boolean joined(Thread t) {
        try {
            t.join(30_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return t.isAlive();
    }

    @Test
    void tasksThatThrowHarmNoOthers() {
        List<Integer> ran = new ArrayList<>();
        TaskQueue q = new TaskQueue(Runnable::run, lock, rejected::incrementAndGet);
        throwables().forEach(t -> q.post(() -> sneak(t)));
        IntStream.range(0, 3).forEach(i -> q.post(() -> ran.add(i)));
        assertEquals(List.of(0, 1, 2), ran);
        assertEquals(0, rejected.get());
    }

    @Test
    void afterTheEndOnlyWhatSettlesFuturesRuns() {
        ArrayDeque<Runnable> submitted = new ArrayDeque<>();
        List<String> ran = new ArrayList<>();
        TaskQueue q = new TaskQueue(submitted::add, lock, rejected::incrementAndGet);
        q.post(() -> ran.add("before"));
        q.postSettlement(() -> ran.add("settled"));
        q.end();
        q.post(() -> ran.add("after"));
        q.postSettlement(() -> ran.add("settled too"));
        while (!submitted.isEmpty()) {
            submitted.poll().run();
        }
        assertEquals(List.of("settled", "settled too"), ran);
    }

    @Test
    void whateverDependsOnAFutureOfTheConnectionCannotBeWaitedForInsideACallback() {
        ArrayDeque<Runnable> submitted = new ArrayDeque<>();
        TaskQueue q = new TaskQueue(submitted::add, lock, rejected::incrementAndGet);
        ApiFuture<String> f = new ApiFuture<>(q);
        List<CompletableFuture<?>> dependents = List.of(
                f,
                f.thenApply(x -> x),
                f.thenAccept(x -> {}).thenRun(() -> {}),
                f.handle((v, e) -> v),
                f.copy(),
                f.thenCompose(CompletableFuture::completedFuture),
                f.whenComplete((v, e) -> {}).thenApplyAsync(x -> x));
        List<Throwable> thrown = new ArrayList<>();
        q.post(() -> dependents.forEach(d -> {
            thrown.add(assertThrows(IllegalStateException.class, d::join));
            thrown.add(assertThrows(IllegalStateException.class, d::get));
        }));
        submitted.poll().run();
        assertEquals(2 * dependents.size(), thrown.size());
        thrown.forEach(t -> assertTrue(
                t.getMessage().contains("inside a callback of the same connection would wait for ever"),
                t.getMessage()));
        f.settle("x");
        dependents.forEach(CompletableFuture::join);
    }

    @Test
    void onlyTheLibraryCompletesAFutureAndCancellingItDoesNothing() {
        TaskQueue q = new TaskQueue(Runnable::run, lock, rejected::incrementAndGet);
        ApiFuture<String> f = new ApiFuture<>(q);
        assertFalse(f.cancel(true));
        assertFalse(f.cancel(false));
        assertThrows(UnsupportedOperationException.class, () -> f.complete("mine"));
        assertFalse(f.isDone());
        CompletableFuture<String> mine = f.thenApply(x -> x);
        assertTrue(mine.cancel(true), "what the application has made of it is its own");
        assertTrue(f.copy().complete("mine"));
        f.settle("x");
        assertEquals("x", f.join());
        assertFalse(f.cancel(true));
    }
}
