package dev.jvmrtc.sctp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.sctp.rx.ReceivedMessage;
import dev.jvmrtc.sctp.tx.OutgoingMessage;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AssociationTest extends TwoAssociations {
    private final List<SctpEvent> eventsA = new ArrayList<>();
    private final List<SctpEvent> eventsB = new ArrayList<>();
    /** The payloads that have been taken, of their messages. */
    private final Map<ReceivedMessage, byte[]> taken = new IdentityHashMap<>();
    /** Which packets are lost, by their numbers from 1, of both ends together. */
    private IntPredicate lost = n -> false;

    private int sent;
    private long delay;
    /** When packets of a left, and how many at once. */
    private final List<Turn> turnsOfA = new ArrayList<>();

    private record Turn(long at, int packets) {}

    private void lose(IntPredicate which) {
        lost = which;
        sent = 0;
    }

    @Override
    protected void link(Association from, byte[] packet) {
        if (!lost.test(++sent)) {
            arriveAfter(delay, from, packet);
        }
    }

    @Override
    protected boolean carry(Association from, Association to) {
        int before = sent;
        boolean any = super.carry(from, to);
        if (from == a) {
            turnsOfA.add(new Turn(now, sent - before));
        }
        return any;
    }

    @Override
    protected void told(Association by, SctpEvent event) {
        (by == a ? eventsA : eventsB).add(event);
    }

    /** The payloads of all messages among the events, each taken once. */
    private List<byte[]> messages(List<SctpEvent> events) {
        return received(events).stream()
                .map(m -> taken.computeIfAbsent(m, ReceivedMessage::takeBytes))
                .toList();
    }

    private static List<ReceivedMessage> received(List<SctpEvent> events) {
        return events.stream()
                .filter(e -> e instanceof SctpEvent.Message)
                .map(e -> ((SctpEvent.Message) e).message())
                .toList();
    }

    @Test
    void connectsWhenBothBeginAtOnceAndAnnouncesItOnce() {
        connect();
        assertEquals(
                1,
                eventsA.stream().filter(e -> e instanceof SctpEvent.Connected).count());
        assertEquals(
                1,
                eventsB.stream().filter(e -> e instanceof SctpEvent.Connected).count());
    }

    @Test
    void resendsInitUntilTheLimitThenReportsThatNobodyAnswers() {
        lose(n -> true);
        a.connect(now);
        runFor(600 * SECOND);
        assertEquals(AssociationState.ENDED, a.state());
        assertEquals(21, sent);
        assertTrue(eventsA.get(0) instanceof SctpEvent.Closed c && c.cause().contains("INIT"));
    }

    @Test
    void deliversInOrderThoughEveryFifthPacketIsLost() {
        connect();
        lose(n -> n % 5 == 0);
        for (int i = 0; i < 40; i++) {
            send(a, 1, bytes(3_000, i));
        }
        runFor(60 * SECOND);
        List<byte[]> got = messages(eventsB);
        assertEquals(40, got.size());
        for (int i = 0; i < 40; i++) {
            assertArrayEquals(bytes(3_000, i), got.get(i));
        }
    }

    @Test
    void waitsForAReaderForAsLongAsItTakesAndHoldsNoMoreThanTheWindow() {
        connect();
        int sent = 0;
        for (int i = 0; i < 80; i++) {
            send(a, 1, bytes(100_000, i));
            sent++;
        }
        runFor(600 * SECOND);
        assertEquals(AssociationState.ESTABLISHED, a.state(), "the peer answers, so it is not given up");
        long held = messages(eventsB).stream().mapToLong(m -> m.length).sum();
        assertTrue(
                held <= SctpConfig.DEFAULT_RECEIVE_WINDOW + 100_000,
                held + " bytes"); // the last message may be finished
        for (int seen = 0; seen < sent; ) {
            List<byte[]> got = messages(eventsB);
            for (; seen < got.size(); seen++) {
                b.consumed(received(eventsB).get(seen).held());
            }
            runFor(5 * SECOND);
        }
    }

    @Test
    void abandonsAPartiallyReliableMessageAndGoesOn() {
        connect();
        a.send(new OutgoingMessage(1, 53, bytes(100, 1), false, 0, ProtocolCore.NEVER));
        lose(n -> true);
        exchange();
        lose(n -> false);
        a.send(new OutgoingMessage(1, 53, bytes(100, 2), false, 0, ProtocolCore.NEVER));
        runFor(10 * SECOND);
        List<byte[]> got = messages(eventsB);
        assertEquals(1, got.size(), "the lost one is skipped, the next one is not held up");
        assertArrayEquals(bytes(100, 2), got.get(0));
    }

    @Test
    void resetsAStreamAndItsNumbersStartAgain() {
        connect();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 3; i++) {
                send(a, 7, bytes(2_000, i));
            }
            a.resetStream(7);
            runFor(2 * SECOND);
        }
        assertEquals(9, messages(eventsB).size());
        assertEquals(
                3,
                eventsA.stream()
                        .filter(e -> e instanceof SctpEvent.OutgoingStreamsReset)
                        .count());
        assertEquals(
                3,
                eventsB.stream()
                        .filter(e -> e instanceof SctpEvent.IncomingStreamsReset)
                        .count());
    }

    @Test
    void shutsDownAfterEverythingIsDelivered() {
        connect();
        send(a, 1, bytes(50_000, 1));
        a.shutdown(now);
        runFor(5 * SECOND);
        assertEquals(1, messages(eventsB).size());
        assertEquals(AssociationState.ENDED, a.state());
        assertEquals(AssociationState.ENDED, b.state());
        assertTrue(eventsA.get(eventsA.size() - 1) instanceof SctpEvent.Closed c && c.cause() == null);
    }

    @Test
    void stopsTheSenderWhenNobodyTakesTheMessages() {
        connect();
        for (int i = 0; i < 200; i++) {
            send(a, 1, bytes(65_536, i));
        }
        runFor(20 * SECOND);
        long delivered = messages(eventsB).stream().mapToLong(m -> m.length).sum();
        assertTrue(delivered <= 2L * SctpConfig.DEFAULT_RECEIVE_WINDOW, delivered + " bytes");
        for (int seen = 0; messages(eventsB).size() < 200; ) {
            List<byte[]> all = messages(eventsB);
            assertTrue(all.size() > seen, "the window opened and nothing came");
            b.consumed(received(eventsB).subList(seen, all.size()).stream()
                    .mapToLong(ReceivedMessage::held)
                    .sum());
            seen = all.size();
            runFor(5 * SECOND);
        }
    }

    @Test
    void itsEndIsToldOnce() {
        connect();
        send(a, 1, bytes(10, 1));
        lose(n -> true);
        runFor(6_000 * SECOND);
        assertEquals(AssociationState.ENDED, a.state());
        assertEquals(
                1, eventsA.stream().filter(e -> e instanceof SctpEvent.Closed).count());
    }

    @Test
    void whatWasLostOnPathsThatAreGoneDoesNotEndIt() {
        connect();
        send(a, 1, bytes(10, 1));
        lose(n -> true);
        for (int i = 0; i < 40; i++) {
            a.pathChanged(now);
            b.pathChanged(now);
            runFor(20 * SECOND);
        }
        lose(n -> false);
        assertEquals(AssociationState.ESTABLISHED, a.state());
        runFor(120 * SECOND);
        assertEquals(1, messages(eventsB).size());
    }

    @Test
    void abortsAPeerWhoseMessageIsLargerThanWeSaidWeTake() {
        connect();
        send(b, 2, new byte[SctpConfig.DEFAULT_MAX_MESSAGE_SIZE]);
        runFor(5 * SECOND);
        assertEquals(1, messages(eventsA).size());
        assertEquals(AssociationState.ESTABLISHED, a.state());
        send(b, 2, new byte[SctpConfig.DEFAULT_MAX_MESSAGE_SIZE + 1]);
        runFor(5 * SECOND);
        assertEquals(AssociationState.ENDED, a.state());
        assertTrue(
                eventsB.get(eventsB.size() - 1) instanceof SctpEvent.Closed c && c.code() == 13,
                "RFC 9260 §3.3.10.13: Protocol Violation");
    }

    @Test
    void whatWasSentBeforeAResetIsDeliveredBeforeItThoughAHoleIsFilledLast() {
        connect();
        for (int i = 0; i < 20; i++) {
            send(a, 7, bytes(600, i));
        }
        a.resetStream(7);
        lose(n -> n == 1);
        runFor(5 * SECOND);
        assertEquals(20, messages(eventsB).size());
        assertTrue(eventsB.get(eventsB.size() - 1) instanceof SctpEvent.IncomingStreamsReset, eventsB.toString());
    }

    @Test
    void aTransferGivesOthersATurnAndGoesOnAtOnce() {
        connect();
        a.setPath(16_304, true);
        for (int i = 0; i < 60; i++) {
            send(a, 1, bytes(60_000, i));
        }
        delay = MILLI;
        while (messages(eventsB).size() < 60) {
            runFor(MILLI);
        }
        int mostAtOnce = turnsOfA.stream().mapToInt(Turn::packets).max().orElseThrow();
        int mostInARow = turnsOfA.stream()
                .collect(Collectors.groupingBy(Turn::at, Collectors.summingInt(Turn::packets)))
                .values()
                .stream()
                .mapToInt(n -> n)
                .max()
                .orElseThrow();
        assertTrue(mostInARow > Association.MAX_PACKETS_AT_ONCE + 1, "there was much to send: " + mostInARow);
        assertTrue(
                mostAtOnce <= Association.MAX_PACKETS_AT_ONCE + 1,
                mostAtOnce + " packets at once"); // and a probe of the path
    }
}
