package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A factory with one loop, which stands still when it is told to: its executor runs tasks on the loop, and one of them
 * waits.
 */
final class StandingLoop implements AutoCloseable {
    private final AtomicBoolean armed = new AtomicBoolean();
    private final CompletableFuture<Void> standing = new CompletableFuture<>();
    private final CompletableFuture<Void> go = new CompletableFuture<>();
    final RTCPeerConnectionFactory factory = RTCPeerConnectionFactory.builder()
            .includeLoopback(true)
            .eventLoops(1)
            .executor(task -> {
                if (armed.compareAndSet(true, false)) {
                    standing.complete(null);
                    await(go);
                }
                task.run();
            })
            .build();

    /** Returns when the loop stands still. */
    void standStill(RTCRtpSender ofTheFactory) {
        armed.set(true);
        ofTheFactory.getStats(); // its answer is a task
        await(standing);
    }

    void goOn() {
        go.complete(null);
    }

    @Override
    public void close() {
        factory.close();
    }
}
