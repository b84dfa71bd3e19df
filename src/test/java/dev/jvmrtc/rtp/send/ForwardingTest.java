package dev.jvmrtc.rtp.send;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.header.HeaderExtensions;
import dev.jvmrtc.wire.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of the packets of others that a stream sends on: read where they lie, and released once. */
class ForwardingTest {
    private static final long SECOND = 1_000_000_000L;
    private static final RtpCodec VP8 = new RtpCodec(96, "VP8", 90_000, 1, Map.of(), List.of("nack"), -1);
    private static final RtpCodec RTX = new RtpCodec(97, "rtx", 90_000, 1, Map.of("apt", "96"), List.of(), 96);

    private final PacketPool pool = new PacketPool();
    private final Pacer pacer = new Pacer();
    private final TransportSequence numbers = new TransportSequence();
    private final RtpSendStream stream = new RtpSendStream(1, 2, RandomSource.seeded(1), pool);
    private final List<ByteBuf> pushed = new ArrayList<>();
    private long now = SECOND;

    /** A packet of somebody else's, at an odd place of its buffer; the test's own reference ends at once. */
    private ByteBuf push(int sequence) {
        byte[] bytes = packet(sequence);
        ByteBuf b = UnpooledByteBufAllocator.DEFAULT.heapBuffer(7 + bytes.length);
        b.writeZero(7).writeBytes(bytes).readerIndex(7);
        pushed.add(b);
        RtpPacket view = new RtpPacket();
        assertTrue(view.wrap(b.array(), b.arrayOffset() + 7, bytes.length));
        stream.sendPacket(view, b, now, pacer);
        b.release();
        return b;
    }

    private static byte[] packet(int sequence) {
        byte[] bytes = new byte[1_200];
        for (int i = 12; i < bytes.length; i++) {
            bytes[i] = (byte) (i * sequence);
        }
        bytes[0] = (byte) 0x80;
        bytes[1] = 33;
        Bytes.put16(bytes, 2, sequence);
        return bytes;
    }

    private static byte[] payload(int sequence) {
        return Arrays.copyOfRange(packet(sequence), 12, 1_200);
    }

    private void leave(Consumer<OutgoingPacket> look) {
        now += 10 * SECOND;
        for (QueuedPacket q = pacer.poll(now); q != null; q = pacer.poll(now)) {
            if (q instanceof OutgoingPacket p) {
                stream.beforeProtect(p, numbers, now);
                look.accept(p);
                pool.release(p);
            }
            now += SECOND;
        }
    }

    private void leave() {
        leave(p -> {});
    }

    private void configure(RtpCodec codec, RtpCodec rtx) {
        stream.configure(codec, rtx, HeaderExtensions.NONE, "0");
    }

    private int held() {
        return pushed.stream().mapToInt(ByteBuf::refCnt).sum();
    }

    @AfterEach
    void nothingIsOut() {
        pacer.clear(pool);
        stream.end();
        assertEquals(0, held(), "all are released");
        assertEquals(0, pool.out());
    }

    @Test
    void theHeaderIsOfThePacketAndThePayloadOfAll() {
        configure(VP8, null);
        ByteBuf b = push(5);
        leave(p -> {
            assertTrue(p.isShared());
            assertEquals(96, p.data()[1] & 0x7f);
            assertEquals(1, Bytes.i32(p.data(), 8));
            assertEquals(p.length(), p.headerLength() + 1_188);
            assertArrayEquals(
                    payload(5),
                    Arrays.copyOfRange(p.payload(), p.payloadOffset(), p.payloadOffset() + p.payloadLength()));
            assertEquals(7, b.readerIndex(), "nobody moves it");
        });
        assertEquals(0, b.refCnt(), "without RTX who protects it keeps it");
    }

    @Test
    void whatIsForgottenBeforeItLeavesIsReleased() {
        configure(VP8, RTX);
        push(1);
        push(2);
        assertEquals(2, held());
        pacer.clear(pool);
        assertEquals(0, held());
    }

    @Test
    void aPacketThatIsNotSentIsNotRetained() {
        push(1); // no codec
        assertEquals(0, held());
        configure(VP8, RTX);
        push(5);
        push(5);
        push(4);
        assertEquals(1, held(), "one, and two that are old");
    }

    @Test
    void withRtxAPacketIsHeldUntilItsPlaceIsNeeded() {
        configure(VP8, RTX);
        for (int i = 0; i < PacketHistory.SIZE + 100; i++) {
            push(i + 1);
        }
        leave();
        assertEquals(PacketHistory.SIZE, held());
        assertEquals(0, pushed.get(99).refCnt());
        assertEquals(1, pushed.get(100).refCnt());
    }

    @Test
    void whateverEndsTheHistoryReleasesIt() {
        for (Runnable end : List.<Runnable>of(
                stream::forgetSentPackets, stream::end, () -> configure(null, null), () -> configure(VP8, null))) {
            configure(VP8, RTX);
            push(pushed.size() + 1);
            leave();
            assertEquals(1, held());
            end.run();
            assertEquals(0, held());
        }
    }

    @Test
    void afterItsEndAStreamHoldsNothingOfWhatStillWaits() {
        configure(VP8, RTX);
        push(1);
        stream.end();
        leave();
        assertEquals(0, held());
    }

    @Test
    void whatIsAskedForAgainHasThePayloadOfTheOther() {
        configure(VP8, RTX);
        push(9);
        List<Integer> sent = new ArrayList<>();
        leave(p -> sent.add(p.sequence));
        stream.handleNack(now, sent, -1, pacer);
        List<byte[]> again = new ArrayList<>();
        leave(p -> {
            assertFalse(p.isShared());
            again.add(Arrays.copyOf(p.data(), p.length()));
        });
        assertEquals(1, again.size());
        byte[] rtx = again.get(0);
        assertEquals(97, rtx[1] & 0x7f);
        assertEquals(2, Bytes.i32(rtx, 8));
        assertEquals(sent.get(0), Bytes.u16(rtx, rtx.length - 1_190), "RFC 4588: the original number");
        assertArrayEquals(payload(9), Arrays.copyOfRange(rtx, rtx.length - 1_188, rtx.length));
        assertEquals(1, held(), "it may be asked for once more");
    }

    @Test
    void whoMayChangeAPacketGetsACopy() {
        configure(VP8, RTX);
        ByteBuf b = push(3);
        now += 10 * SECOND;
        OutgoingPacket shared = (OutgoingPacket) pacer.poll(now);
        byte[] header = Arrays.copyOf(shared.data(), shared.headerLength());
        OutgoingPacket own = pool.owned(shared);
        assertEquals(0, b.refCnt());
        assertFalse(own.isShared());
        assertEquals(header.length + 1_188, own.length());
        assertArrayEquals(header, Arrays.copyOf(own.data(), header.length));
        assertArrayEquals(payload(3), Arrays.copyOfRange(own.data(), header.length, own.length()));
        assertEquals(1, pool.out());
        pool.release(own);
    }
}
