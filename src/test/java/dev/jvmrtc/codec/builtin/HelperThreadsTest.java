package dev.jvmrtc.codec.builtin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HelperThreadsTest {
    @Test
    void smallPicturesAndSingleProcessorsHaveNone() {
        assertNull(HelperThreads.of(320 * 240, 8));
        assertNull(HelperThreads.of(1_920 * 1_080, 1));
    }

    @Test
    void largerPicturesHaveMoreAsFarAsThereAreProcessors() {
        assertEquals(1, HelperThreads.of(640 * 360, 8).count());
        assertEquals(1, HelperThreads.of(1_280 * 720, 2).count());
        assertEquals(3, HelperThreads.of(1_280 * 720, 16).count());
    }

    @Test
    void noThreadOutlivesTheEncoder() throws Exception {
        HelperThreads helpers = HelperThreads.of(1_280 * 720, 2);
        assertNotNull(helpers);
        CompletableFuture<Thread> helper = new CompletableFuture<>();
        helpers.start(() -> helper.complete(Thread.currentThread()));
        Thread t = helper.get(10, TimeUnit.SECONDS);
        helpers.close();
        t.join(10_000);
        assertFalse(t.isAlive());
        helpers.start(() -> {
            throw new AssertionError("it was closed");
        });
    }
}
