package dev.jvmrtc.sctp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.sctp.packet.Extensions;
import dev.jvmrtc.sctp.tx.OutgoingMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Streams that share an association (RFC 8260), over a wire of 1 MB/s and 50 ms there and back. */
class InterleavingTest extends TwoAssociations {
    private static final double BYTES_PER_NANO = 0.001;
    private static final long DELAY = 25 * MILLI;

    private record Received(long at, int stream, byte[] payload) {}

    /** When all that a has sent has left. */
    private long busyUntil;
    /** What b has received. */
    private final List<Received> received = new ArrayList<>();

    private void connect(Extensions extensions, int window) {
        begin(SctpConfig.of(5000, 5000).withExtensions(extensions).withReceiveWindow(window), 1);
        connect();
    }

    @Override
    protected void link(Association from, byte[] packet) {
        long waits = 0;
        if (from == a) {
            busyUntil = Math.max(busyUntil, now) + (long) (packet.length / BYTES_PER_NANO);
            waits = busyUntil - now;
        }
        arriveAfter(waits + DELAY, from, packet);
    }

    @Override
    protected void told(Association by, SctpEvent event) {
        if (by == b && event instanceof SctpEvent.Message m) {
            received.add(new Received(now, m.message().streamId(), m.message().takeBytes()));
            b.consumed(m.message().held());
        }
    }

    private long bytesOf(int stream) {
        return received.stream()
                .filter(r -> r.stream == stream)
                .mapToLong(r -> r.payload.length)
                .sum();
    }

    @Test
    void aSmallMessageOvertakesALargeOneWithinARoundTrip() {
        connect(Extensions.OURS, SctpConfig.DEFAULT_RECEIVE_WINDOW);
        send(a, 1, bytes(1 << 20, 1));
        runFor(300 * MILLI);
        long sent = now;
        long roundTrip = busyUntil - now + 2 * DELAY; // behind what has left already
        send(a, 2, bytes(100, 2));
        runFor(3_000 * MILLI);
        Received small =
                received.stream().filter(r -> r.stream == 2).findFirst().orElseThrow();
        assertTrue(small.at - sent <= roundTrip, (small.at - sent) / MILLI + " ms, round trip " + roundTrip / MILLI);
        assertEquals(2, received.size());
        assertEquals(1, received.get(1).stream, "the large one ends later, whole");
        assertArrayEquals(bytes(1 << 20, 1), received.get(1).payload);
    }

    @Test
    void streamsShareByTheirPriorities() {
        connect(Extensions.OURS, SctpConfig.DEFAULT_RECEIVE_WINDOW);
        Map<Integer, Integer> weights = Map.of(1, 128, 2, 256, 3, 512, 4, 1_024);
        weights.forEach(a::setWeight);
        for (int i = 0; i < 400; i++) {
            for (int stream : weights.keySet()) {
                send(a, stream, bytes(10_000, stream));
            }
        }
        runFor(4_000 * MILLI);
        double unit = bytesOf(1) / 128.0;
        assertTrue(bytesOf(1) > 100_000, "even the least gets its share: " + bytesOf(1));
        weights.forEach((stream, weight) ->
                assertEquals(1, bytesOf(stream) / unit / weight, 0.15, "stream " + stream + ": " + bytesOf(stream)));
    }

    @Test
    void withoutInterleavingSharesAreTheSameThoughMessagesWait() {
        connect(new Extensions(true, true, true, false, true), SctpConfig.DEFAULT_RECEIVE_WINDOW);
        a.setWeight(1, 256);
        a.setWeight(2, 768);
        for (int i = 0; i < 400; i++) {
            send(a, 1, bytes(10_000, 1));
            send(a, 2, bytes(10_000, 2));
        }
        runFor(4_000 * MILLI);
        assertEquals(3.0, (double) bytesOf(2) / bytesOf(1), 0.3);
    }

    @Test
    void moreLargeMessagesAtOnceThanThePeerCanHoldAllArrive() {
        connect(Extensions.OURS, 512 * 1_024);
        for (int stream = 0; stream < 100; stream++) {
            send(a, stream, bytes(64 * 1_024, stream));
            send(a, stream, bytes(900, stream));
        }
        runFor(20_000 * MILLI);
        assertEquals(200, received.size());
        Map<Integer, Long> bytes = new HashMap<>();
        received.forEach(r -> bytes.merge(r.stream, (long) r.payload.length, Long::sum));
        bytes.values().forEach(n -> assertEquals(64 * 1_024 + 900, n));
    }

    @Test
    void anAbandonedMessageHoldsUpNeitherItsOwnStreamNorOthers() {
        for (boolean unordered : new boolean[] {false, true}) {
            InterleavingTest t = new InterleavingTest();
            t.connect(Extensions.OURS, SctpConfig.DEFAULT_RECEIVE_WINDOW);
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
