package dev.jvmrtc.sctp.tx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class SentChunksTest {
    private final SentChunks chunks = new SentChunks();
    private int tsn = Integer.MAX_VALUE - 500; // wraps on the way

    private SentChunk add() {
        SentChunk c = chunks.add();
        c.begin(tsn++, null, 0, 0, 0, 0, 0);
        return c;
    }

    @Test
    void chunksAreUsedAgainUntilTheRingIsTrimmed() {
        SentChunk first = add();
        for (int i = 1; i < 1_000; i++) {
            add();
        }
        chunks.trim();
        assertEquals(1_000, chunks.size(), "what is there stays");
        assertSame(first, chunks.first());
        for (int i = 0; i < 1_000; i++) {
            assertEquals(tsn - 1_000 + i, chunks.first().tsn);
            chunks.removeFirst();
        }
        assertNull(chunks.first());
        for (int i = 0; i < 24; i++) { // to the ring's end, 1,024
            add();
            chunks.removeFirst();
        }
        assertSame(first, add());
        chunks.removeFirst();
        chunks.trim();
        assertNotSame(first, add());
        assertEquals(0, chunks.indexOf(tsn - 1));
    }
}
