package dev.jvmrtc.sctp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.ChunkType;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.Bytes;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
    private static final long MILLI = 1_000_000L;
    private final Path path = new Path(SctpConfig.of(5000, 5000));
    private final Heartbeat heartbeat = new Heartbeat(path, RandomSource.seeded(1));

    private Chunk.Heartbeat answerTo(Chunk request) {
        return new Chunk.Heartbeat(true, ((Chunk.Heartbeat) request).info());
    }

    @Test
    void oneLeavesHalfAMinuteAfterTheBeginningAndThenATimeoutLaterThanThat() {
        assertEquals(ProtocolCore.NEVER, heartbeat.nextTimeoutNanos());
        heartbeat.start(7);
        assertEquals(7 + 30_000 * MILLI, heartbeat.nextTimeoutNanos());
        assertFalse(heartbeat.isDue(30_000 * MILLI));
        assertTrue(heartbeat.isDue(7 + 30_000 * MILLI));
        Chunk first = heartbeat.next(30_000 * MILLI);
        assertEquals(60_500 * MILLI, heartbeat.nextTimeoutNanos(), "RFC 9260 §8.3: HB.interval and the RTO");
        Chunk second = heartbeat.next(60_500 * MILLI);
        assertFalse(Arrays.equals(answerTo(first).info(), answerTo(second).info()), "each has a nonce of its own");
    }

    @Test
    void theAnswerMeasuresTheRoundTripAndEndsTheCount() {
        Chunk request = heartbeat.next(1_000 * MILLI);
        assertTrue(heartbeat.isOutstanding());
        for (int i = 0; i < Path.MAX_RETRANSMISSIONS; i++) {
            assertFalse(path.failed());
        }
        heartbeat.handleAck(1_040 * MILLI, answerTo(request));
        assertFalse(heartbeat.isOutstanding());
        assertEquals(40 * MILLI, path.rtt().srttNanos());
        assertFalse(path.failed(), "it counts from the beginning");
        heartbeat.handleAck(1_090 * MILLI, answerTo(request));
        assertEquals(40 * MILLI, path.rtt().srttNanos(), "the second answer is to nothing");
    }

    @Test
    void anAnswerToNothingThatWasAskedIsNone() {
        Chunk late = heartbeat.next(0);
        heartbeat.next(30_500 * MILLI);
        heartbeat.handleAck(30_501 * MILLI, answerTo(late));
        heartbeat.handleAck(30_501 * MILLI, new Chunk.Heartbeat(true, new byte[8]));
        heartbeat.handleAck(30_501 * MILLI, new Chunk.Heartbeat(true, new byte[7]));
        assertTrue(heartbeat.isOutstanding());
        assertEquals(-1, path.rtt().srttNanos());
    }

    @Test
    void thePeersAreRepeatedWhereTheyFitAPacket() {
        byte[] info = {1, 2, 3};
        Chunk.Heartbeat answer = (Chunk.Heartbeat) Heartbeat.answer(new Chunk.Heartbeat(false, info), 1_160);
        assertTrue(answer.ack());
        assertArrayEquals(info, answer.info());
        assertNull(Heartbeat.answer(new Chunk.Heartbeat(false, new byte[1_160]), 1_160));
    }

    @Test
    void aProbeIsAsLargeAsWhatIsTriedAndItsAnswerMakesPacketsSo() {
        path.set(4_000, true);
        ByteWriter packet = new ByteWriter().zeros(12);
        heartbeat.writeProbe(0, 4_000, packet);
        assertEquals(4_000, packet.length());
        assertEquals(ChunkType.HEARTBEAT, packet.array()[12]);
        assertEquals(16, Bytes.u16(packet.array(), 14));
        assertEquals(ChunkType.PAD, packet.array()[28] & 0xff);
        assertEquals(4_000 - 28, Bytes.u16(packet.array(), 30));
        byte[] nonce = Arrays.copyOfRange(packet.array(), 20, 28);
        assertNotEquals(0, Bytes.i64(nonce, 0));
        heartbeat.handleAck(10 * MILLI, new Chunk.Heartbeat(true, nonce));
        assertEquals(4_000, path.mtu().packetSize());
        assertEquals(-1, path.rtt().srttNanos(), "a packet of that size takes its time");
    }
}
