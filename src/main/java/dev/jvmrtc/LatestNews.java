package dev.jvmrtc;

import dev.jvmrtc.task.TaskQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * News of which only the latest counts. At most one task waits for the application, so that a peer that makes news
 * faster than the application takes them fills nothing.
 *
 * @param <T> the news
 */
final class LatestNews<T> {
    private final TaskQueue tasks;
    private final Consumer<T> consumer;
    private final AtomicReference<T> latest = new AtomicReference<>();

    LatestNews(TaskQueue tasks, Consumer<T> consumer) {
        this.tasks = tasks;
        this.consumer = consumer;
    }

    void post(T news) {
        if (latest.getAndSet(news) == null) {
            tasks.post(() -> consumer.accept(latest.getAndSet(null)));
        }
    }
}
