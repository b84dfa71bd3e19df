package dev.jvmrtc.rtp.receive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.rtcp.Rtcp;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/** RED with ULPFEC in a stream of video, as browsers send it: media and parity under the numbers of one source. */
class FecReceiverTest {
    private static final int SSRC = 0x01020304;
    private static final int VP8 = 96;
    private static final int RED = 120;
    private static final int ULPFEC = 122;
    private static final List<RtpCodec> CODECS = List.of(
            new RtpCodec(VP8, "VP8", 90_000, 1, Map.of(), List.of("nack", "nack pli"), -1),
            new RtpCodec(RED, "red", 90_000, 1, Map.of(), List.of(), -1),
            new RtpCodec(121, "rtx", 90_000, 1, Map.of("apt", "120"), List.of(), RED),
            new RtpCodec(ULPFEC, "ulpfec", 90_000, 1, Map.of(), List.of(), -1));

    private final Random random = new Random(5109);
    private final ReceiveMemory memory = new ReceiveMemory();
    private final Counters drops = new Counters();
    private final RtpReceiveStream stream = new RtpReceiveStream(SSRC, true, CODECS, memory, drops);
    private final List<byte[]> frames = new ArrayList<>();
    private long now = 1_000_000_000L;
    private int sequence = 65_500;

    private static RtpPacket packet(byte[] bytes) {
        RtpPacket p = new RtpPacket();
        assertTrue(p.wrap(bytes, 0, bytes.length));
        return p;
    }

    private static byte[] header(int type, boolean marker, int sequence, long timestamp, byte[] payload) {
        return new ByteWriter()
                .u8(0x80)
                .u8(type | (marker ? 0x80 : 0))
                .u16(sequence)
                .u32(timestamp)
                .u32(SSRC)
                .bytes(payload)
                .toByteArray();
    }

    /** The same packet in RED. */
    private static byte[] red(byte[] media) {
        byte[] payload = new byte[media.length - 11];
        payload[0] = (byte) (media[1] & 0x7f);
        System.arraycopy(media, 12, payload, 1, media.length - 12);
        return header(RED, media[1] < 0, Bytes.u16(media, 2), Bytes.u32(media, 4), payload);
    }

    /** Packets of a VP8 frame, under the next numbers. */
    private List<byte[]> frame(int index, int packets) {
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < packets; i++) {
            byte[] payload = new byte[20 + random.nextInt(500)];
            random.nextBytes(payload);
            payload[0] = (byte) (i == 0 ? 0x10 : 0);
            payload[1] = (byte) (index == 0 ? 0 : 1); // a key frame first
            all.add(header(VP8, i == packets - 1, sequence++ & 0xffff, index * 3_000L, payload));
        }
        return all;
    }

    private byte[] parity(List<byte[]> media, int index) {
        byte[] ulpfec = ParityEncoder.ulpfec(
                media, ParityEncoder.forBursts(media.size(), 1).get(0));
        byte[] payload = new ByteWriter().u8(ULPFEC).bytes(ulpfec).toByteArray();
        return header(RED, false, sequence++ & 0xffff, index * 3_000L, payload);
    }

    private List<Rtcp> feedback() {
        List<Rtcp> out = new ArrayList<>();
        stream.collectFeedback(now, 5, out);
        return out;
    }

    private void collectFrames() {
        for (ReceivedFrame f = stream.pollFrame(); f != null; f = stream.pollFrame()) {
            frames.add(f.data());
        }
    }

    private static byte[] content(List<byte[]> media) {
        ByteWriter w = new ByteWriter();
        media.forEach(p -> w.bytes(p, 13, p.length - 13)); // behind the header and the descriptor
        return w.toByteArray();
    }

    /** Sends frames of three packets and parity, of which some packets are lost; all have to come at once. */
    private void call(int count, IntPredicate lost) {
        List<byte[]> sent = new ArrayList<>();
        int number = 0;
        for (int i = 0; i < count; i++) {
            now += 33_000_000L;
            List<byte[]> media = frame(i, 3);
            sent.add(content(media));
            List<byte[]> packets =
                    new ArrayList<>(media.stream().map(FecReceiverTest::red).toList());
            packets.add(parity(media, i));
            for (byte[] p : packets) {
                if (!lost.test(number++)) {
                    stream.handlePacket(now, packet(p));
                }
            }
            assertEquals(List.of(), feedback(), "nothing is asked for after frame " + i);
            collectFrames();
            assertEquals(i + 1, frames.size(), "frame " + i + " is there with its parity");
        }
        for (int i = 0; i < count; i++) {
            assertArrayEquals(sent.get(i), frames.get(i), "frame " + i);
        }
    }

    @Test
    void oneLossInEachFrameIsRepairedAtOnceAndNothingIsAskedFor() {
        call(60, n -> n % 4 == n / 4 % 3 && n > 4); // a packet of media of each frame
        RtpReceiveStream.Snapshot s = stream.snapshot();
        assertEquals(4 * 60 - 59, s.packets(), "what the path brought");
        assertEquals(59, s.lost(), "what it did not");
        assertEquals(60, s.fecPackets());
        assertEquals(1, s.fecDiscarded(), "of the frame that was whole");
        assertEquals(0, s.retransmittedPackets());
        assertEquals(0, s.duplicates());
        assertEquals(VP8, s.payloadType());
        assertEquals(59, stream.reportBlock(now).cumulativeLost());
    }

    @Test
    void withoutLossAllParityIsDiscardedAndItsNumbersAreNotMissed() {
        call(60, n -> false);
        RtpReceiveStream.Snapshot s = stream.snapshot();
        assertEquals(60, s.fecPackets());
        assertEquals(60, s.fecDiscarded());
        assertEquals(0, s.lost());
        assertEquals(Map.of(), drops.snapshot());
    }

    @Test
    void ulpfecThatComesWithoutRedRepairsToo() {
        List<byte[]> media = frame(0, 3);
        byte[] parity = parity(media, 0);
        byte[] bare = header(ULPFEC, false, Bytes.u16(parity, 2), 0, Arrays.copyOfRange(parity, 13, parity.length));
        List<byte[]> next = frame(1, 3);
        byte[] nextParity = parity(next, 1);
        byte[] nextBare = header(
                ULPFEC, false, Bytes.u16(nextParity, 2), 3_000, Arrays.copyOfRange(nextParity, 13, nextParity.length));
        media.forEach(p -> stream.handlePacket(now, packet(p)));
        stream.handlePacket(now, packet(bare));
        stream.handlePacket(now, packet(next.get(0)));
        stream.handlePacket(now, packet(next.get(2)));
        stream.handlePacket(now, packet(nextBare));
        collectFrames();
        assertEquals(2, frames.size());
        assertArrayEquals(content(next), frames.get(1));
    }

    @Test
    void aRetransmissionOfRedIsTheMediaInIt() {
        List<byte[]> media = frame(0, 3);
        stream.handlePacket(now, packet(red(media.get(0))));
        stream.handlePacket(now, packet(red(media.get(2))));
        byte[] lost = red(media.get(1));
        byte[] payload = new ByteWriter()
                .u16(Bytes.u16(lost, 2))
                .bytes(lost, 12, lost.length - 12)
                .toByteArray();
        stream.handleRepair(now, packet(header(121, false, 1, 0, payload)), new RtxRepair(RED));
        collectFrames();
        assertEquals(1, frames.size());
        assertArrayEquals(content(media), frames.get(0));
        assertEquals(1, stream.snapshot().retransmittedPackets());
        assertEquals(3, stream.snapshot().packets());
    }

    @Test
    void whoTakesPacketsGetsTheMediaAndAnEmptyOneForParity() {
        List<byte[]> media = frame(0, 2);
        for (byte[] p : media) {
            RtpPacket given = stream.handlePacket(now, packet(red(p)));
            assertArrayEquals(p, Arrays.copyOfRange(given.array(), given.offset(), given.offset() + given.length()));
        }
        byte[] parity = parity(media, 0);
        RtpPacket empty = stream.handlePacket(now, packet(parity));
        assertEquals(0, empty.payloadLength());
        assertEquals(VP8, empty.payloadType());
        assertEquals(Bytes.u16(parity, 2), empty.sequenceNumber());
        RtpPacket plain = packet(frame(1, 1).get(0));
        assertSame(plain, stream.handlePacket(now, plain), "what is not in RED is itself");
    }

    @Test
    void redOfMoreBlocksIsCountedAndDropped() {
        byte[] two = red(frame(0, 1).get(0));
        two[12] |= (byte) 0x80;
        assertNull(stream.handlePacket(now, packet(two)));
        assertEquals(1, drops.get("RED malformed"));
        byte[] empty = header(RED, false, sequence++ & 0xffff, 0, new byte[0]);
        assertEquals(0, stream.handlePacket(now, packet(empty)).payloadLength());
    }

    @Test
    void nothingIsKeptUntilSomethingRedundantComesNorAfterTheEnd() {
        frame(0, 3).forEach(p -> stream.handlePacket(now, packet(p)));
        assertEquals(0, memory.held());
        assertNotNull(stream.pollFrame());
        call(5, n -> false);
        assertTrue(memory.held() > 0);
        stream.close();
        assertEquals(0, memory.held());
    }
}
