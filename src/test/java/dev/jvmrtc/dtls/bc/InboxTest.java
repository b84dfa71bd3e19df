package dev.jvmrtc.dtls.bc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.wire.Bytes;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboxTest {
    private static final int CLIENT_HELLO = 1;

    private final Counters drops = new Counters();
    private final Inbox inbox = new Inbox(drops, true);
    private final ArrayDeque<byte[]> ready = new ArrayDeque<>();

    /** A whole message of the handshake in the clear. */
    private static byte[] message(int type, int sequence, int length) {
        byte[] body = new byte[12 + length];
        body[0] = (byte) type;
        Bytes.put16(body, 2, length);
        Bytes.put16(body, 4, sequence);
        Bytes.put16(body, 10, length);
        return ForgedRecordsTest.record(22, 0xfefd, 0, sequence, body);
    }

    private void take(long now, boolean first) {
        ready.clear();
        inbox.take(now, first, ready);
    }

    @Test
    void aServerThatHasNotAnsweredGetsOneClientHelloAndNoMore() {
        inbox.handshakeBegins();
        byte[] one = message(CLIENT_HELLO, 0, 60);
        byte[] other = message(CLIENT_HELLO, 0, 70);
        inbox.add(one);
        inbox.add(other);
        take(0, true);
        assertEquals(1, ready.size());
        assertSame(one, ready.peek());
        assertEquals(1, inbox.size());
        assertTrue(inbox.had().hasFirstMessage());
    }

    @Test
    void anyOtherHandshakeGetsAllThatThereIs() {
        inbox.handshakeBegins();
        inbox.add(message(CLIENT_HELLO, 0, 60));
        inbox.add(message(11, 1, 60));
        take(0, false);
        assertEquals(2, ready.size());
        assertTrue(inbox.isEmpty());
    }

    @Test
    void whatComesAgainTooSoonIsCountedAndAHandshakeThatBeginsHasHadNothing() {
        inbox.handshakeBegins();
        byte[] hello = message(CLIENT_HELLO, 0, 60);
        for (int i = 0; i < 3; i++) {
            inbox.add(hello.clone());
        }
        take(0, false);
        assertEquals(2, ready.size(), "once, and once more in the first while");
        assertEquals(1, drops.get(Repeats.TOO_OFTEN));
        inbox.handshakeBegins();
        assertFalse(inbox.had().hasFirstMessage());
        inbox.add(hello.clone());
        take(0, false);
        assertEquals(1, ready.size());
    }

    @Test
    void applicationDataIsLeftForTheEndOfTheHandshake() {
        byte[] data = ForgedRecordsTest.record(23, 0xfefd, 1, 1, new byte[30]);
        byte[] hello = message(CLIENT_HELLO, 0, 60);
        inbox.add(data);
        inbox.add(hello);
        assertEquals(1, inbox.size());
        List<byte[]> left = inbox.left();
        assertSame(hello, left.get(0));
        assertSame(data, left.get(1));
        inbox.beginAnew();
        assertEquals(1, inbox.left().size(), "what was held back went with the peer that had sent it");
    }

    @Test
    void whatTheThreadHasNotTakenComesBeforeWhatItHasNotBeenGiven() {
        byte[] given = {1};
        byte[] waiting = {2};
        Handoff handoff = new Handoff(0, () -> {});
        handoff.give(0, new ArrayDeque<>(List.of(given)));
        inbox.add(waiting);
        inbox.takeBack(handoff);
        List<byte[]> left = inbox.left();
        assertEquals(2, left.size());
        assertSame(given, left.get(0));
        assertSame(waiting, left.get(1));
    }
}
