package dev.jvmrtc.sctp.rx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.DataHeader;
import dev.jvmrtc.sctp.packet.PacketFormat;
import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReassemblyQueueTest {

    /** Of a chunk as it would come. */
    private static DataHeader header(
            boolean interleaved, int flags, int tsn, int streamId, int number, int payloadProtocolId, int fragment) {
        ByteWriter w = new ByteWriter();
        DataHeader.write(w, interleaved, flags, 0, tsn, streamId, number, payloadProtocolId, fragment);
        DataHeader h = new DataHeader();
        try {
            ByteReader r = new ByteReader(w.toByteArray());
            r.skip(PacketFormat.CHUNK_HEADER_LENGTH);
            h.read(interleaved, flags, r);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
        return h;
    }

    @Test
    void transmissionNumbersMayWrapAsOftenAsTheyLike() {
        int tsn = 0x7fff_fffe;
        ReassemblyQueue q = new ReassemblyQueue(tsn, 1 << 20, new HeldBytes(1 << 22));
        for (int i = 0; i < 20; i++) {
            for (int flags : new int[] {DataHeader.FLAG_UNORDERED, 0}) {
                // The end comes first, then the beginning, then what is between.
                q.add(header(false, flags | DataHeader.FLAG_END, tsn + 2, 1, i, 53, 0), LentBytes.of(new byte[] {3}));
                q.add(header(false, flags | DataHeader.FLAG_BEGIN, tsn, 1, i, 53, 0), LentBytes.of(new byte[] {1}));
                q.add(header(false, flags, tsn + 1, 1, i, 53, 0), LentBytes.of(new byte[] {2}));
                assertArrayEquals(new byte[] {1, 2, 3}, q.poll().takeBytes());
                tsn += 3;
            }
            tsn += 1 << 30;
        }
        assertEquals(0, q.queuedBytes());
    }

    private static final int UNORDERED = DataHeader.FLAG_UNORDERED;

    @Test
    void aLatePartOfAnUnorderedMessageThatWasGivenUpIsNotKept() {
        ReassemblyQueue q = new ReassemblyQueue(100, 1 << 20, new HeldBytes(1 << 22));
        q.add(header(true, UNORDERED | DataHeader.FLAG_BEGIN, 100, 1, 0, 53, 0), LentBytes.of(new byte[10]));
        q.forward(new Chunk.ForwardTsn(true, 101, new Chunk.Skipped[] {new Chunk.Skipped(1, true, 0)}));
        q.add(header(true, UNORDERED | DataHeader.FLAG_END, 105, 1, 0, 0, 2), LentBytes.of(new byte[10]));
        assertEquals(0, q.queuedBytes());
        q.add(header(true, UNORDERED | DataHeader.FLAG_BEGIN, 106, 1, 1, 53, 0), LentBytes.of(new byte[] {1}));
        q.add(header(true, UNORDERED | DataHeader.FLAG_END, 107, 1, 1, 0, 1), LentBytes.of(new byte[] {2}));
        assertArrayEquals(new byte[] {1, 2}, q.poll().takeBytes(), "the next is another");
        q.resetStream(1);
        q.add(header(true, UNORDERED | DataHeader.FLAG_BEGIN, 108, 1, 0, 53, 0), LentBytes.of(new byte[] {3}));
        q.add(header(true, UNORDERED | DataHeader.FLAG_END, 109, 1, 0, 0, 1), LentBytes.of(new byte[] {4}));
        assertArrayEquals(new byte[] {3, 4}, q.poll().takeBytes(), "numbers begin anew");
    }

    @Test
    void partsOfAnUnorderedMessageGoOnceTheOthersCannotComeAnyMore() {
        ReassemblyQueue q = new ReassemblyQueue(100, 1 << 20, new HeldBytes(1 << 22));
        q.add(header(false, UNORDERED | DataHeader.FLAG_BEGIN, 100, 1, 0, 53, 0), LentBytes.of(new byte[10]));
        q.add(header(false, UNORDERED | DataHeader.FLAG_END, 103, 1, 0, 53, 0), LentBytes.of(new byte[10]));
        q.add(header(false, UNORDERED | DataHeader.FLAG_BEGIN, 104, 1, 0, 53, 0), LentBytes.of(new byte[] {1}));
        q.arrivedUpTo(100);
        assertEquals(3, q.queuedFragments(), "what is between may come yet");
        q.forward(new Chunk.ForwardTsn(false, 101, new Chunk.Skipped[0]));
        q.arrivedUpTo(101);
        assertEquals(2, q.queuedFragments(), "102 may be of the same message");
        q.arrivedUpTo(104);
        assertEquals(1, q.queuedFragments(), "102 was something else");
        q.add(header(false, UNORDERED | DataHeader.FLAG_END, 105, 1, 0, 53, 0), LentBytes.of(new byte[] {2}));
        assertArrayEquals(new byte[] {1, 2}, q.poll().takeBytes());
        assertEquals(0, q.queuedBytes());
    }

    /** The last bytes of a datagram. */
    private static LentBytes part(ByteBuf datagram, int length) {
        return LentBytes.of(datagram).slice(datagram.capacity() - length, length);
    }

    @Test
    void theSmallEndOfAMessageStaysInItsPacketOnlyUntilThatIsOver() {
        HeldBytes held = new HeldBytes(1 << 22);
        ReassemblyQueue q = new ReassemblyQueue(100, 1 << 20, held);
        ByteBuf first = Unpooled.wrappedBuffer(new byte[1_000]);
        ByteBuf second = Unpooled.wrappedBuffer(new byte[1_000]);

        q.add(header(false, DataHeader.FLAG_BEGIN, 100, 1, 0, 53, 0), part(first, 1_000));
        q.add(header(false, DataHeader.FLAG_END, 101, 1, 0, 53, 0), part(second, 10));
        assertEquals(2, second.refCnt(), "who takes the message now needs no copy");
        ReceivedMessage taken = q.poll();
        assertEquals(1_010, taken.takeBytes().length);
        assertEquals(1, first.refCnt());
        assertEquals(1, second.refCnt());
        held.taken(taken.held());

        q.add(header(false, DataHeader.FLAG_BEGIN, 102, 1, 1, 53, 0), part(first, 1_000));
        q.add(header(false, DataHeader.FLAG_END, 103, 1, 1, 53, 0), part(second, 10));
        q.settle();
        assertEquals(2, first.refCnt(), "charged for as much as it pins");
        assertEquals(1, second.refCnt(), "a message that waits is not charged for the whole packet, and lets go of it");

        // Due is number 2, so that this one waits, whole as it is.
        q.add(header(false, DataHeader.FLAG_BEGIN, 106, 1, 3, 53, 0), part(first, 1_000));
        q.add(header(false, DataHeader.FLAG_END, 107, 1, 3, 53, 0), part(second, 10));
        assertEquals(3, first.refCnt());
        assertEquals(1, second.refCnt());

        // The end comes before the middle: it waits alone.
        q.add(header(false, DataHeader.FLAG_BEGIN, 108, 2, 0, 53, 0), part(first, 1_000));
        q.add(header(false, DataHeader.FLAG_END, 110, 2, 0, 53, 0), part(second, 10));
        assertEquals(1, second.refCnt());

        q.close();
        assertEquals(1, first.refCnt());
        assertEquals(0, held.unfinished());
    }

    @Test
    void messagesOfAnySizeInAnyOrderComeOutIntactAndInArraysOfTheirOwn() {
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            boolean interleaved = random.nextBoolean();
            ReassemblyQueue q = new ReassemblyQueue(100, 1 << 20, new HeldBytes(1 << 22));
            List<byte[]> sent = new ArrayList<>();
            List<Object[]> fragments = new ArrayList<>();
            int tsn = 100;
            for (int number = 0; number < 30; number++) {
                byte[] message = new byte[1 + random.nextInt(random.nextBoolean() ? 200 : 50_000)];
                random.nextBytes(message);
                sent.add(message);
                int cut = 1 + random.nextInt(Math.max(1, message.length / (1 + random.nextInt(40))));
                for (int at = 0, i = 0; at < message.length; at += cut, i++) {
                    int n = Math.min(cut, message.length - at);
                    int flags = (at == 0 ? DataHeader.FLAG_BEGIN : 0)
                            | (at + n == message.length ? DataHeader.FLAG_END : 0);
                    fragments.add(new Object[] {
                        header(
                                interleaved,
                                flags,
                                tsn++,
                                1,
                                number,
                                at == 0 || !interleaved ? 53 : 0,
                                interleaved ? i : 0),
                        message,
                        at,
                        n
                    });
                }
            }
            // Some paths keep the order, some mix it a little, some wholly.
            int spread = random.nextInt(3) == 0 ? 1 : random.nextInt(2) == 0 ? 8 : fragments.size();
            for (int from = 0; from < fragments.size(); from += spread) {
                Collections.shuffle(fragments.subList(from, Math.min(fragments.size(), from + spread)), random);
            }
            List<byte[]> received = new ArrayList<>();
            byte[] wire = new byte[1 << 16];
            for (Object[] f : fragments) {
                System.arraycopy((byte[]) f[1], (int) f[2], wire, 7, (int) f[3]);
                q.add((DataHeader) f[0], LentBytes.of(wire, 7, (int) f[3]));
                for (ReceivedMessage m = q.poll(); m != null; m = q.poll()) {
                    assertEquals(53, m.payloadProtocolId());
                    received.add(m.takeBytes());
                }
            }
            // Compared only now: an array that was used again would not be what it was.
            assertEquals(sent.size(), received.size(), "seed " + seed);
            for (int i = 0; i < sent.size(); i++) {
                assertArrayEquals(sent.get(i), received.get(i), "seed " + seed + ", message " + i);
            }
            assertEquals(0, q.queuedBytes(), "seed " + seed);
            assertEquals(0, q.queuedFragments(), "seed " + seed);
            assertFalse(q.isOversized());
        }
    }
}
