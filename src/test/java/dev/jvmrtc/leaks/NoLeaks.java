package dev.jvmrtc.leaks;

import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class during which a counted buffer was collected that nobody had released; JUnit finds it by itself.
 * Where the collector is late, the blame falls on a later class, and the records tell where the buffer came from.
 */
public final class NoLeaks implements AfterAllCallback {

    @Override
    public void afterAll(ExtensionContext context) {
        System.gc();
        // What was collected is looked at when the next buffer is made.
        ByteBufAllocator.DEFAULT.heapBuffer(1).release();
        List<String> leaks = LeakRecorder.takeLeaks();
        if (!leaks.isEmpty()) {
            throw new AssertionError(leaks.size() + " buffers leaked, the first: " + leaks.get(0));
        }
    }
}
