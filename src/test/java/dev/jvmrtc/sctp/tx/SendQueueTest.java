package dev.jvmrtc.sctp.tx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import org.junit.jupiter.api.Test;

class SendQueueTest {
    private static OutgoingMessage message(int stream, int bytes, long expires) {
        return new OutgoingMessage(stream, 53, new byte[bytes], false, -1, expires);
    }

    @Test
    void streamsThatWereHeldBackAllHaveTheirTurnWhereThoseBeforeThemHaveNothingLeft() {
        SendQueue queue = new SendQueue();
        queue.setInterleaved(true, 10_000);
        queue.add(message(0, 7_000, ProtocolCore.NEVER));
        OutgoingMessage large = queue.next(0);
        queue.consumed(large, 1_000);
        for (int stream = 1; stream <= 40; stream++) {
            queue.add(message(stream, 3_000, stream < 40 ? 1 : ProtocolCore.NEVER));
        }
        for (int sent = 1_000; sent < large.length; sent += 1_000) {
            assertSame(large, queue.next(0), "with one of the others it would be more than the peer can hold");
            queue.consumed(large, 1_000);
        }
        OutgoingMessage m = queue.next(2);
        assertEquals(40, m.streamId, "the others have expired meanwhile");
        assertTrue(queue.hasData());
        queue.consumed(m, 3_000);
        assertNull(queue.next(2));
    }
}
