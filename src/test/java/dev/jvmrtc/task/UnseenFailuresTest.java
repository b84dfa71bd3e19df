package dev.jvmrtc.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class UnseenFailuresTest {
    private final ArrayDeque<Runnable> later = new ArrayDeque<>();
    private final List<Throwable> told = new ArrayList<>();
    private final Object lock = new Object();
    private final TaskQueue tasks =
            new TaskQueue(Runnable::run, lock, () -> {}, new UnseenFailures(later::add, (what, cause) -> {
                assertTrue(what.contains(cause.toString()));
                told.add(cause);
            }));
    private final IllegalStateException error = new IllegalStateException("of the test");

    private void lookLater() {
        while (!later.isEmpty()) {
            later.poll().run();
        }
    }

    private List<Throwable> toldAfter(Consumer<ApiFuture<String>> look) {
        told.clear();
        ApiFuture<String> before = new ApiFuture<>(tasks);
        look.accept(before);
        before.settleFailed(new IllegalStateException("of the test"));
        ApiFuture<String> after = ApiFuture.failed(tasks, new IllegalStateException("of the test"));
        look.accept(after);
        lookLater();
        return told;
    }

    @Test
    void aFailureThatNobodyLooksAtIsToldOnce() {
        ApiFuture<String> f = new ApiFuture<>(tasks);
        f.settleFailed(error);
        assertTrue(told.isEmpty(), "there is time to look");
        f.settleFailed(new IllegalStateException("again"));
        lookLater();
        assertEquals(List.of(error), told);
    }

    @Test
    void soIsWhatDependsOnAFailureAndIsNotLookedAt() {
        ApiFuture<String> f = new ApiFuture<>(tasks);
        f.thenApply(x -> x).thenCompose(x -> new ApiFuture<>(tasks)).thenRun(() -> {});
        f.thenRun(() -> {});
        f.settleFailed(error);
        lookLater();
        assertEquals(List.of(error), told, "both ways, one error");
    }

    @Test
    void whatTheApplicationsOwnStagesThrowIsToldToo() {
        ApiFuture<String> f = new ApiFuture<>(tasks);
        f.thenRun(() -> {
            throw error;
        });
        f.settle("x");
        lookLater();
        assertEquals(List.of(error), told);
    }

    @Test
    void whatIsLookedAtInAnyWayIsNotTold() {
        assertEquals(List.of(), toldAfter(f -> f.exceptionally(e -> "")));
        assertEquals(List.of(), toldAfter(f -> f.handle((v, e) -> "")));
        assertEquals(List.of(), toldAfter(f -> f.whenComplete((v, e) -> {})));
        assertEquals(List.of(), toldAfter(f -> f.whenCompleteAsync((v, e) -> {}, Runnable::run)));
        assertEquals(
                List.of(), toldAfter(f -> f.thenRun(() -> {}).thenApply(x -> x).exceptionally(e -> null)));
        assertEquals(
                List.of(), toldAfter(f -> CompletableFuture.completedFuture(1).thenCompose(x -> f)));
        assertEquals(List.of(), toldAfter(f -> new CompletableFuture<>().acceptEither(f, x -> {})));
        assertEquals(List.of(), toldAfter(CompletableFuture::isCompletedExceptionally));
        assertEquals(List.of(), toldAfter(f -> {
            if (f.isDone()) {
                assertThrows(CompletionException.class, f::join);
            } else {
                CompletableFuture.allOf(f);
            }
        }));
        assertEquals(List.of(), toldAfter(f -> {
            CompletableFuture<Void> mine = f.thenRun(() -> {});
            assertEquals(!f.isDone(), mine.cancel(false));
            mine.isCompletedExceptionally();
        }));
    }

    @Test
    void whoWaitsForAllOrAnyOfWhatDependsOnFuturesIsTheOneToTell() {
        ApiFuture<String> f = new ApiFuture<>(tasks);
        ApiFuture<String> second = new ApiFuture<>(tasks);
        CompletableFuture<Void> all =
                CompletableFuture.allOf(f.thenCompose(x -> second).thenRun(() -> {}), f.thenRun(() -> {}));
        CompletableFuture<Object> any = CompletableFuture.anyOf(f.thenCompose(x -> second), new CompletableFuture<>());
        f.settle("x");
        second.settleFailed(error);
        lookLater();
        assertTrue(all.isCompletedExceptionally() && any.isCompletedExceptionally());
        assertEquals(List.of(), told);
    }

    @Test
    void whatWasClosedBeforeIsNoErrorOfAnybodysAndNeitherIsWhatDependsOnIt() {
        ApiFuture<String> f = new ApiFuture<>(tasks);
        f.thenApply(x -> x).thenCompose(x -> new ApiFuture<>(tasks)).thenRun(() -> {});
        f.abandon(error);
        lookLater();
        assertTrue(told.isEmpty());
    }

    @Test
    void nobodyFillsALogWithThem() {
        for (int i = 0; i < 10_000; i++) {
            ApiFuture.failed(tasks, new IllegalStateException("" + i));
        }
        assertEquals(UnseenFailures.MAX_TOLD, later.size());
        lookLater();
        assertEquals(UnseenFailures.MAX_TOLD, told.size());
        ApiFuture.failed(tasks, error);
        assertTrue(later.isEmpty());
    }

    private CompletableFuture<String> calledFromHere(OperationsChain chain) {
        return chain.chain(f -> {
            throw error;
        });
    }

    @Test
    void theErrorOfAnOperationTellsWhoCalledIt() {
        ArrayDeque<Runnable> executor = new ArrayDeque<>();
        TaskQueue q = new TaskQueue(executor::add, lock, () -> {});
        OperationsChain chain = new OperationsChain(q, lock, () -> false, () -> {}, t -> t);
        CompletableFuture<String> f = calledFromHere(chain);
        Thread elsewhere = new Thread(() -> {
            while (!executor.isEmpty()) {
                executor.poll().run();
            }
        });
        elsewhere.start();
        Throwable cause = assertThrows(CompletionException.class, f::join).getCause();
        assertTrue(Arrays.stream(cause.getStackTrace())
                .anyMatch(e -> e.getMethodName().equals("calledFromHere")));
        assertFalse(f.isCancelled());
    }
}
