package dev.jvmrtc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** The callback style of before promises (webrtc-pc §4.4.3.1), on top of the futures. */
final class LegacyCallbacks {

    private LegacyCallbacks() {}

    /** The returned future says only that a callback has been called. */
    static <T> CompletableFuture<Void> call(
            CompletableFuture<T> future, Consumer<? super T> success, Consumer<Throwable> failure) {
        return future.handle((value, error) -> {
            if (error == null) {
                success.accept(value);
            } else {
                failure.accept(
                        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error);
            }
            return null;
        });
    }
}
