package dev.jvmrtc.leaks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoLeaksTest {

    @Test
    void allTestsRunUnderTheStrictestDetector() {
        assertEquals(ResourceLeakDetector.Level.PARANOID, ResourceLeakDetector.getLevel());
    }

    @Test
    void aBufferThatNobodyReleasesIsFound() throws InterruptedException {
        List<String> found = new ArrayList<>();
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (found.isEmpty() && System.nanoTime() - deadline < 0) {
            for (int i = 0; i < 100; i++) {
                lose();
            }
            System.gc();
            ByteBufAllocator.DEFAULT.heapBuffer(1).release();
            found.addAll(LeakRecorder.takeLeaks());
            Thread.sleep(10); // the collector tells of references in a thread of its own
        }
        assertTrue(found.stream().allMatch(f -> f.contains("NoLeaksTest.lose")), found.toString());
        assertTrue(!found.isEmpty(), "the detector sees a leak");
        // Netty reports leaks of the same origin once, so what is left of them blames nobody.
    }

    private static void lose() {
        ByteBufAllocator.DEFAULT.heapBuffer(100).writeByte(1);
    }
}
