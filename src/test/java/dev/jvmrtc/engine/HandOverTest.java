package dev.jvmrtc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HandOverTest {

    @Test
    void soManyBytesOfAConnectionAndOfALoopAreOnTheirWayAndNoMore() {
        AtomicLong loop = new AtomicLong();
        List<HandOver> connections = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            HandOver h = new HandOver(loop);
            connections.add(h);
            while (h.reserve(1_200)) {
                assertTrue(loop.get() <= HandOver.MAX_OF_LOOP);
            }
            assertTrue(i > 0
                    || loop.get() <= HandOver.MAX_OF_CONNECTION
                            && loop.get() > HandOver.MAX_OF_CONNECTION - HandOver.cost(1_200));
        }
        assertTrue(loop.get() > HandOver.MAX_OF_LOOP - HandOver.cost(1_200));
        connections.get(0).taken(1_200);
        assertTrue(connections.get(0).reserve(1_200));
        assertFalse(connections.get(0).reserve(1_200));
        assertEquals(HandOver.MAX_OF_LOOP / HandOver.cost(1_200), loop.get() / HandOver.cost(1_200));
    }

    @Test
    void smallDatagramsCountWithWhatTheirObjectsTake() {
        HandOver h = new HandOver(new AtomicLong());
        int n = 0;
        while (h.reserve(1)) {
            n++;
        }
        assertTrue(n < 4_000, "taken " + n);
    }
}
