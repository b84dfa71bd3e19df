package dev.jvmrtc.sctp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.sctp.packet.Extensions;
import dev.jvmrtc.sctp.tx.OutgoingMessage;
import dev.jvmrtc.wire.LentBytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Streams that share an association (RFC 8260), over a wire of 1 MB/s and 50 ms there and back. */
class InterleavingTest {
    private static final long MILLI = 1_000_000L;
    private static final double BYTES_PER_NANO = 0.001;
    private static final long DELAY = 25 * MILLI;

    private record Delivery(long at, Association to, byte[] packet) {}

    private record Received(long at, int stream, byte[] payload) {}

    private static final class Wire {
        long now = 1_000 * MILLI;
        long busyUntil;
        final Association a;
        final Association b;
        final ArrayDeque<Delivery> there = new ArrayDeque<>();
        final ArrayDeque<Delivery> back = new ArrayDeque<>();
        final List<Received> received = new ArrayList<>();

        Wire(Extensions extensions, int window) {
            SctpConfig config =
                    SctpConfig.of(5000, 5000).withExtensions(extensions).withReceiveWindow(window);
            a = new Association(config, RandomSource.seeded(1));
            b = new Association(config, RandomSource.seeded(2));
            a.connect(now);
            b.connect(now);
            runFor(500 * MILLI);
            assertEquals(AssociationState.ESTABLISHED, a.state());
        }

        void turn() {
            a.drain(now, (d, o, n) -> {
                busyUntil = Math.max(busyUntil, now) + (long) (n / BYTES_PER_NANO);
                there.add(new Delivery(busyUntil + DELAY, b, Arrays.copyOfRange(d, o, o + n)));
            });
            b.drain(now, (d, o, n) -> back.add(new Delivery(now + DELAY, a, Arrays.copyOfRange(d, o, o + n))));
            while (a.pollEvent() != null) {
                // nothing of interest
            }
            for (SctpEvent e = b.pollEvent(); e != null; e = b.pollEvent()) {
                if (e instanceof SctpEvent.Message m) {
                    received.add(new Received(
                            now, m.message().streamId(), m.message().takeBytes()));
                    b.consumed(m.message().held());
                }
            }
        }

        void runFor(long nanos) {
            long end = now + nanos;
            turn();
            while (true) {
                long next = Math.min(a.nextTimeoutNanos(), b.nextTimeoutNanos());
                for (ArrayDeque<Delivery> wire : List.of(there, back)) {
                    next = wire.isEmpty() ? next : Math.min(next, wire.peek().at);
                }
                if (next > end) {
                    now = end;
                    return;
                }
                now = Math.max(now, next);
                for (ArrayDeque<Delivery> wire : List.of(there, back)) {
                    while (!wire.isEmpty() && wire.peek().at <= now) {
                        Delivery d = wire.poll();
                        d.to.handlePacket(now, LentBytes.of(d.packet));
                    }
                }
                a.handleTimeout(now);
                b.handleTimeout(now);
                turn();
            }
        }

        void send(int stream, int length) {
            byte[] payload = new byte[length];
            new Random(stream).nextBytes(payload);
            a.send(new OutgoingMessage(stream, 53, payload, false, -1, ProtocolCore.NEVER));
        }

        long bytesOf(int stream) {
            return received.stream()
                    .filter(r -> r.stream == stream)
                    .mapToLong(r -> r.payload.length)
                    .sum();
        }
    }

    @Test
    void aSmallMessageOvertakesALargeOneWithinARoundTrip() {
        Wire t = new Wire(Extensions.OURS, SctpConfig.DEFAULT_RECEIVE_WINDOW);
        t.send(1, 1 << 20);
        t.runFor(300 * MILLI);
        long sent = t.now;
        long roundTrip = t.busyUntil - t.now + 2 * DELAY; // behind what has left already
        t.send(2, 100);
        t.runFor(3_000 * MILLI);
        Received small =
                t.received.stream().filter(r -> r.stream == 2).findFirst().orElseThrow();
        assertTrue(small.at - sent <= roundTrip, (small.at - sent) / MILLI + " ms, round trip " + roundTrip / MILLI);
        assertEquals(2, t.received.size());
        assertEquals(1, t.received.get(1).stream, "the large one ends later, whole");
        byte[] expected = new byte[1 << 20];
        new Random(1).nextBytes(expected);
        assertArrayEquals(expected, t.received.get(1).payload);
    }

    @Test
    void streamsShareByTheirPriorities() {
        Wire t = new Wire(Extensions.OURS, SctpConfig.DEFAULT_RECEIVE_WINDOW);
        Map<Integer, Integer> weights = Map.of(1, 128, 2, 256, 3, 512, 4, 1_024);
        weights.forEach(t.a::setWeight);
        for (int i = 0; i < 400; i++) {
            for (int stream : weights.keySet()) {
                t.send(stream, 10_000);
            }
        }
        t.runFor(4_000 * MILLI);
        double unit = t.bytesOf(1) / 128.0;
        assertTrue(t.bytesOf(1) > 100_000, "even the least gets its share: " + t.bytesOf(1));
        weights.forEach((stream, weight) -> assertEquals(
                1, t.bytesOf(stream) / unit / weight, 0.15, "stream " + stream + ": " + t.bytesOf(stream)));
    }

    @Test
    void withoutInterleavingSharesAreTheSameThoughMessagesWait() {
        Wire t = new Wire(new Extensions(true, true, true, false, true), SctpConfig.DEFAULT_RECEIVE_WINDOW);
        t.a.setWeight(1, 256);
        t.a.setWeight(2, 768);
        for (int i = 0; i < 400; i++) {
            t.send(1, 10_000);
            t.send(2, 10_000);
        }
        t.runFor(4_000 * MILLI);
        assertEquals(3.0, (double) t.bytesOf(2) / t.bytesOf(1), 0.3);
    }

    @Test
    void moreLargeMessagesAtOnceThanThePeerCanHoldAllArrive() {
        Wire t = new Wire(Extensions.OURS, 512 * 1_024);
        for (int stream = 0; stream < 100; stream++) {
            t.send(stream, 64 * 1_024);
            t.send(stream, 900);
        }
        t.runFor(20_000 * MILLI);
        assertEquals(200, t.received.size());
        Map<Integer, Long> bytes = new HashMap<>();
        t.received.forEach(r -> bytes.merge(r.stream, (long) r.payload.length, Long::sum));
        bytes.values().forEach(n -> assertEquals(64 * 1_024 + 900, n));
    }

    @Test
    void anAbandonedMessageHoldsUpNeitherItsOwnStreamNorOthers() {
        for (boolean unordered : new boolean[] {false, true}) {
            Wire t = new Wire(Extensions.OURS, SctpConfig.DEFAULT_RECEIVE_WINDOW);
            t.a.send(new OutgoingMessage(1, 53, new byte[1 << 20], unordered, -1, t.now + 200 * MILLI));
            t.a.send(new OutgoingMessage(2, 53, new byte[200_000], false, -1, ProtocolCore.NEVER));
            t.runFor(300 * MILLI);
            t.a.send(new OutgoingMessage(1, 53, new byte[77], unordered, -1, ProtocolCore.NEVER));
            t.runFor(3_000 * MILLI);
            assertEquals(
                    List.of(77, 200_000),
                    t.received.stream().map(r -> r.payload.length).sorted().toList());
            assertEquals(0, t.b.snapshot().heldBytes(), "what had arrived of it is forgotten");
        }
    }
}
