package dev.jvmrtc.engine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HandshakeThreadsTest {

    @Test
    void refusesAHandshakeWhileAllPlatformThreadsAreTaken() throws Exception {
        assumeTrue(HandshakeThreads.virtualThreads() == null, "SKIPPED: this Java runtime has virtual threads, whose bound is 65,536");
        HandshakeThreads threads = new HandshakeThreads();
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(HandshakeThreads.MAX_PLATFORM_THREADS);
        for (int i = 0; i < HandshakeThreads.MAX_PLATFORM_THREADS; i++) {
            assertTrue(threads.tryExecute(() -> {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                ended.countDown();
            }));
        }
        assertFalse(threads.tryExecute(() -> { }));
        release.countDown();
        assertTrue(ended.await(10, TimeUnit.SECONDS));
    }
}
