package dev.jvmrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jvmrtc.task.TaskQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatestNewsTest {

    @Test
    void howeverManyNewsThereAreOneTaskWaitsAndTellsTheLatest() {
        ArrayDeque<Runnable> executor = new ArrayDeque<>();
        TaskQueue tasks = new TaskQueue(executor::add, new Object(), () -> {});
        List<Integer> told = new ArrayList<>();
        int[] after = {0};
        LatestNews<Integer> news = new LatestNews<>(tasks, told::add);
        for (int i = 1; i <= 100_000; i++) {
            news.post(i);
        }
        tasks.post(() -> after[0] = told.size());
        executor.poll().run();
        assertEquals(List.of(100_000), told);
        assertEquals(1, after[0], "a task of theirs for all of them");
        news.post(7);
        while (!executor.isEmpty()) {
            executor.poll().run();
        }
        assertEquals(List.of(100_000, 7), told);
    }
}
