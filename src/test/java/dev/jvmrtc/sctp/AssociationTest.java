package dev.jvmrtc.sctp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.sctp.packet.Extensions;
import dev.jvmrtc.sctp.rx.ReceivedMessage;
import dev.jvmrtc.sctp.tx.OutgoingMessage;
import dev.jvmrtc.wire.LentBytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AssociationTest {
    private static final long SECOND = 1_000_000_000L;

    private long now = SECOND;
    private final Association a =
            new Association(SctpConfig.of(5000, 5000).withExtensions(extensions()), RandomSource.seeded(1));
    private final Association b =
            new Association(SctpConfig.of(5000, 5000).withExtensions(extensions()), RandomSource.seeded(2));
    private final List<SctpEvent> eventsA = new ArrayList<>();
    private final List<SctpEvent> eventsB = new ArrayList<>();
    private int dropEvery;
    private int sent;

    /** What both sides announce. */
    Extensions extensions() {
        return Extensions.OURS;
    }

    private void drain(Association from, ArrayDeque<byte[]> wire) {
        from.drain(now, (d, o, n) -> wire.add(Arrays.copyOfRange(d, o, o + n)));
    }

    private void exchange() {
        boolean any = true;
        while (any) {
            any = false;
            for (Association from : List.of(a, b)) {
                Association to = from == a ? b : a;
                ArrayDeque<byte[]> wire = new ArrayDeque<>();
                drain(from, wire);
                for (byte[] p : wire) {
                    any = true;
                    if (dropEvery == 0 || ++sent % dropEvery != 0) {
                        to.handlePacket(now, LentBytes.of(p));
                    }
                }
            }
            collect();
        }
    }

    private void collect() {
        for (SctpEvent e = a.pollEvent(); e != null; e = a.pollEvent()) {
            eventsA.add(e);
        }
        for (SctpEvent e = b.pollEvent(); e != null; e = b.pollEvent()) {
            eventsB.add(e);
        }
    }

    private void runFor(long nanos) {
        long end = now + nanos;
        exchange();
        while (true) {
            long next = Math.min(a.nextTimeoutNanos(), b.nextTimeoutNanos());
            if (next > end) {
                now = end;
                return;
            }
            now = Math.max(now, next);
            a.handleTimeout(now);
            b.handleTimeout(now);
            exchange();
        }
    }

    private final Map<ReceivedMessage, byte[]> taken = new IdentityHashMap<>();

    private void connect() {
        a.connect(now);
        b.connect(now);
        runFor(SECOND);
        assertEquals(AssociationState.ESTABLISHED, a.state());
        assertEquals(AssociationState.ESTABLISHED, b.state());
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

    private static byte[] bytes(int n, int seed) {
        byte[] b = new byte[n];
        new Random(seed).nextBytes(b);
        return b;
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
        a.connect(now);
        int packets = 0;
        while (a.state() != AssociationState.ENDED) {
            ArrayDeque<byte[]> wire = new ArrayDeque<>();
            drain(a, wire);
            packets += wire.size();
            now = a.nextTimeoutNanos();
            a.handleTimeout(now);
        }
        assertEquals(21, packets);
        collect();
        assertTrue(eventsA.get(0) instanceof SctpEvent.Closed c && c.cause().contains("INIT"));
    }

    @Test
    void deliversInOrderThoughEveryFifthPacketIsLost() {
        connect();
        dropEvery = 5;
        for (int i = 0; i < 40; i++) {
            a.send(new OutgoingMessage(1, 53, bytes(3_000, i), false, -1, ProtocolCore.NEVER));
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
            a.send(new OutgoingMessage(1, 53, bytes(100_000, i), false, -1, ProtocolCore.NEVER));
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
        a.drain(now, (d, o, n) -> {});
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
                a.send(new OutgoingMessage(7, 53, bytes(2_000, i), false, -1, ProtocolCore.NEVER));
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
        a.send(new OutgoingMessage(1, 53, bytes(50_000, 1), false, -1, ProtocolCore.NEVER));
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
            a.send(new OutgoingMessage(1, 53, bytes(65_536, i), false, -1, ProtocolCore.NEVER));
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
        a.send(new OutgoingMessage(1, 53, bytes(10, 1), false, -1, ProtocolCore.NEVER));
        for (int i = 0; i < 100; i++) {
            a.drain(now, (d, o, n) -> {
                // nothing arrives
            });
            now += 60 * SECOND;
            a.handleTimeout(now);
        }
        assertEquals(AssociationState.ENDED, a.state());
        int closed = 0;
        for (SctpEvent e = a.pollEvent(); e != null; e = a.pollEvent()) {
            closed += e instanceof SctpEvent.Closed ? 1 : 0;
        }
        assertEquals(1, closed);
    }

    @Test
    void whatWasLostOnPathsThatAreGoneDoesNotEndIt() {
        connect();
        a.send(new OutgoingMessage(1, 53, bytes(10, 1), false, -1, ProtocolCore.NEVER));
        for (int i = 0; i < 40; i++) {
            a.drain(now, (d, o, n) -> {
                // nothing arrives
            });
            if (i % 4 == 0) {
                a.pathChanged(now);
            }
            now += 60 * SECOND;
            a.handleTimeout(now);
        }
        assertEquals(AssociationState.ESTABLISHED, a.state());
        runFor(120 * SECOND);
        assertEquals(1, messages(eventsB).size());
    }

    @Test
    void abortsAPeerWhoseMessageIsLargerThanWeSaidWeTake() {
        connect();
        b.send(new OutgoingMessage(
                2, 53, new byte[SctpConfig.DEFAULT_MAX_MESSAGE_SIZE], false, -1, ProtocolCore.NEVER));
        runFor(5 * SECOND);
        assertEquals(1, messages(eventsA).size());
        assertEquals(AssociationState.ESTABLISHED, a.state());
        b.send(new OutgoingMessage(
                2, 53, new byte[SctpConfig.DEFAULT_MAX_MESSAGE_SIZE + 1], false, -1, ProtocolCore.NEVER));
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
            a.send(new OutgoingMessage(7, 53, bytes(600, i), false, -1, ProtocolCore.NEVER));
        }
        a.resetStream(7);
        int[] packets = {0};
        ArrayDeque<byte[]> wire = new ArrayDeque<>();
        a.drain(now, (d, o, n) -> {
            if (packets[0]++ > 0) { // the first is lost
                wire.add(Arrays.copyOfRange(d, o, o + n));
            }
        });
        wire.forEach(p -> b.handlePacket(now, LentBytes.of(p)));
        runFor(5 * SECOND);
        assertEquals(20, messages(eventsB).size());
        assertTrue(eventsB.get(eventsB.size() - 1) instanceof SctpEvent.IncomingStreamsReset, eventsB.toString());
    }

    @Test
    void aTransferGivesOthersATurnAndGoesOnAtOnce() {
        connect();
        a.setPath(16_304, true);
        for (int i = 0; i < 60; i++) {
            a.send(new OutgoingMessage(1, 53, bytes(60_000, i), false, -1, ProtocolCore.NEVER));
        }
        int mostAtOnce = 0;
        int mostInARow = 0;
        while (messages(eventsB).size() < 60) {
            ArrayDeque<byte[]> wire = new ArrayDeque<>();
            int before;
            do {
                before = wire.size();
                drain(a, wire);
                mostAtOnce = Math.max(mostAtOnce, wire.size() - before);
            } while (wire.size() > before && a.nextTimeoutNanos() == now);
            mostInARow = Math.max(mostInARow, wire.size());
            wire.forEach(p -> b.handlePacket(now, LentBytes.of(p)));
            ArrayDeque<byte[]> back = new ArrayDeque<>();
            drain(b, back);
            back.forEach(p -> a.handlePacket(now, LentBytes.of(p)));
            collect();
            now += 1_000_000;
            a.handleTimeout(now);
            b.handleTimeout(now);
        }
        assertTrue(mostInARow > Association.MAX_PACKETS_AT_ONCE + 1, "there was much to send: " + mostInARow);
        assertTrue(
                mostAtOnce <= Association.MAX_PACKETS_AT_ONCE + 1,
                mostAtOnce + " packets at once"); // and a probe of the path
    }
}
