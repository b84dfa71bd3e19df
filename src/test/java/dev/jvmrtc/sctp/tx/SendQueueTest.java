package dev.jvmrtc.sctp.tx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import java.util.ArrayList;
import java.util.List;
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

    /** Streams in the order in which {@code fragments} of so many bytes leave. */
    private static List<Integer> serve(SendQueue queue, int fragments, int bytes) {
        List<Integer> streams = new ArrayList<>();
        for (int i = 0; i < fragments; i++) {
            OutgoingMessage m = queue.next(0);
            streams.add(m.streamId);
            queue.consumed(m, Math.min(bytes, m.remaining()));
        }
        return streams;
    }

    @Test
    void aMessageOnceBegunIsFinishedFirstUnlessMessagesInterleave() {
        for (boolean interleaved : new boolean[] {false, true}) {
            SendQueue queue = new SendQueue();
            queue.setInterleaved(interleaved, 1 << 20);
            queue.add(message(1, 300, ProtocolCore.NEVER));
            queue.add(message(2, 300, ProtocolCore.NEVER));
            assertEquals(interleaved ? List.of(1, 2, 1, 2, 1, 2) : List.of(1, 1, 1, 2, 2, 2), serve(queue, 6, 100));
            assertNull(queue.next(0));
            assertFalse(queue.hasData());
        }
    }

    @Test
    void aStreamOfTwiceTheWeightGetsTwiceTheBytes() {
        SendQueue queue = new SendQueue();
        queue.setInterleaved(true, 1 << 30);
        queue.setWeight(1, 200);
        queue.setWeight(2, 100);
        queue.add(message(1, 100_000, ProtocolCore.NEVER));
        queue.add(message(2, 100_000, ProtocolCore.NEVER));
        List<Integer> served = serve(queue, 300, 100);
        assertEquals(200, served.stream().filter(s -> s == 1).count(), 1);
    }

    @Test
    void numbersCountByStreamAndByOrderWhereMessagesInterleave() {
        for (boolean interleaved : new boolean[] {false, true}) {
            SendQueue queue = new SendQueue();
            queue.setInterleaved(interleaved, 1 << 20);
            List<Integer> numbers = new ArrayList<>();
            for (boolean unordered : new boolean[] {false, true, false, true}) {
                queue.add(new OutgoingMessage(1, 53, new byte[1], unordered, -1, ProtocolCore.NEVER));
                OutgoingMessage m = queue.next(0);
                queue.consumed(m, 1);
                numbers.add(m.number);
            }
            // RFC 8260 §2.1: unordered messages have identifiers of their own; without it they have no numbers.
            assertEquals(interleaved ? List.of(0, 0, 1, 1) : List.of(0, 0, 1, 0), numbers);
        }
    }

    @Test
    void whatLeavesOrExpiresIsReleasedOncePerStream() {
        SendQueue queue = new SendQueue();
        queue.add(message(1, 100, ProtocolCore.NEVER));
        queue.add(message(1, 50, 10));
        queue.add(message(2, 30, ProtocolCore.NEVER));
        assertEquals(180, queue.bufferedBytes());
        assertEquals(150, queue.bufferedBytes(1));
        OutgoingMessage m = queue.next(0);
        queue.consumed(m, 40);
        queue.consumed(queue.next(0), 60);
        OutgoingMessage other = queue.next(10);
        assertEquals(2, other.streamId, "it is the other's turn");
        queue.consumed(other, 20);
        assertSame(other, queue.next(10));
        queue.consumed(other, 10);
        assertNull(queue.next(10), "what is left has expired");
        List<String> released = new ArrayList<>();
        queue.takeReleased((stream, bytes) -> released.add(stream + ": " + bytes));
        queue.takeReleased((stream, bytes) -> released.add("again"));
        assertEquals(List.of("1: 150", "2: 30"), released);
        assertEquals(0, queue.bufferedBytes());
    }

    @Test
    void aPausedStreamFinishesWhatHasBegunAndStartsAnewAfterItsReset() {
        SendQueue queue = new SendQueue();
        queue.add(message(1, 200, ProtocolCore.NEVER));
        OutgoingMessage begun = queue.next(0);
        queue.consumed(begun, 100);
        queue.add(message(1, 10, ProtocolCore.NEVER));
        queue.pause(1);
        assertTrue(queue.isPaused(1));
        assertSame(begun, queue.next(0));
        queue.consumed(begun, 100);
        assertNull(queue.next(0));
        queue.reset(1);
        OutgoingMessage next = queue.next(0);
        queue.consumed(next, 10);
        assertEquals(0, next.number);
    }

    @Test
    void aWatchedStreamIsToldOfOnceWhenItHasNothingLeft() {
        SendQueue queue = new SendQueue();
        queue.add(message(1, 10, ProtocolCore.NEVER));
        queue.watch(1);
        assertEquals(-1, queue.pollDrained());
        queue.consumed(queue.next(0), 10);
        assertEquals(1, queue.pollDrained());
        assertEquals(-1, queue.pollDrained());
        queue.watch(7);
        assertEquals(7, queue.pollDrained(), "one that never had anything");
    }

    @Test
    void theRestOfAnAbandonedMessageNeverLeaves() {
        SendQueue queue = new SendQueue();
        queue.add(message(1, 200, ProtocolCore.NEVER));
        queue.add(message(1, 5, ProtocolCore.NEVER));
        OutgoingMessage m = queue.next(0);
        queue.consumed(m, 50);
        queue.abandon(m);
        assertEquals(5, queue.bufferedBytes());
        assertEquals(5, queue.next(0).length);
    }
}
