package dev.jvmrtc.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IntMapTest {
    private final IntMap<String> map = new IntMap<>(RandomSource.seeded(1));

    @Test
    void isAMap() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<Integer, String> model = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            int key = random.nextInt(3_000) - 1_500;
            map.put(key, "v" + i);
            model.put(key, "v" + i);
            int asked = random.nextInt(4_000) - 2_000;
            assertEquals(model.get(asked), map.get(asked), "seed " + seed);
            assertEquals(model.containsKey(asked), map.containsKey(asked), "seed " + seed);
        }
        assertEquals(model.size(), map.size(), "seed " + seed);
        map.removeIf(v -> v.hashCode() % 2 == 0);
        model.values().removeIf(v -> v.hashCode() % 2 == 0);
        assertEquals(model.size(), map.size(), "seed " + seed);
        for (int key = -1_500; key < 1_500; key++) {
            assertEquals(model.get(key), map.get(key), "seed " + seed);
        }
    }

    @Test
    void theKeyZeroIsOneLikeOthers() {
        assertNull(map.get(0));
        map.put(0, "zero");
        assertEquals("zero", map.get(0));
    }

    @Test
    void keysThatDifferInHighBitsOnlyAreFoundInFewSteps() {
        for (int i = 0; i < 1_024; i++) {
            map.put(i << 16, "v");
        }
        long[] most = {0};
        for (int i = 0; i < 1_024; i++) {
            int key = i << 16;
            most[0] = Math.max(most[0], Steps.of(() -> map.get(key)));
        }
        assertTrue(most[0] < 40, most[0] + " steps");
    }

    @Test
    void askingMakesNoObject() {
        for (int i = 0; i < 100; i++) {
            map.put(i * 1_000_003, "v");
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        threads.getCurrentThreadAllocatedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        int found = 0;
        for (int i = 0; i < 10_000; i++) {
            found += map.get(i * 1_000_003) == null ? 0 : 1;
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertEquals(100, found);
        assertTrue(allocated < 10_000, allocated + " bytes for ten thousand questions");
    }
}
