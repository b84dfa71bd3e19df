package dev.jvmrtc.sctp.tx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.wire.ByteWriter;
import org.junit.jupiter.api.Test;

class RetransmissionQueueTest {

    @Test
    void sendsNoMoreChunksThanItWillRemember() {
        SendQueue queue = new SendQueue();
        RetransmissionQueue r =
                new RetransmissionQueue(1, 1L << 30, queue, new RttEstimator(), new WideWindow(), true, false);
        for (int i = 0; i < RetransmissionQueue.MAX_OUTSTANDING_CHUNKS + 1_000; i++) {
            queue.add(new OutgoingMessage(0, 53, new byte[1], false, -1, ProtocolCore.NEVER));
        }
        int written = 0;
        while (r.canSend(0)) {
            written += r.writeData(0, new ByteWriter(1_200), 1_200, 1_200);
        }
        assertEquals(RetransmissionQueue.MAX_OUTSTANDING_CHUNKS, written);
        assertFalse(r.canSend(0));
    }
}
