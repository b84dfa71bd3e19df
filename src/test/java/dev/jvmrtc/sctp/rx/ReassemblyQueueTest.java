package dev.jvmrtc.sctp.rx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jvmrtc.sctp.packet.DataHeader;
import org.junit.jupiter.api.Test;

class ReassemblyQueueTest {

    @Test
    void transmissionNumbersMayWrapAsOftenAsTheyLike() {
        int tsn = 0x7fff_fffe;
        ReassemblyQueue q = new ReassemblyQueue(tsn, 1 << 20);
        for (int i = 0; i < 20; i++) {
            for (int flags : new int[] {DataHeader.FLAG_UNORDERED, 0}) {
                // The end comes first, then the beginning, then what is between.
                q.add(new DataHeader(false, flags | DataHeader.FLAG_END, tsn + 2, 1, i, 53, 0), new byte[] {3}, 0, 1);
                q.add(new DataHeader(false, flags | DataHeader.FLAG_BEGIN, tsn, 1, i, 53, 0), new byte[] {1}, 0, 1);
                q.add(new DataHeader(false, flags, tsn + 1, 1, i, 53, 0), new byte[] {2}, 0, 1);
                assertArrayEquals(new byte[] {1, 2, 3}, q.poll().payload());
                tsn += 3;
            }
            tsn += 1 << 30;
        }
        assertEquals(0, q.queuedBytes());
    }
}
