package dev.jvmrtc.rtp.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.format.CodecRegistry;
import dev.jvmrtc.rtp.header.RtpHeaders;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameBufferTest {
    private final ArrayDeque<ReceivedFrame> out = new ArrayDeque<>();

    private static RtpPacket packet(int sequence, long timestamp, boolean start, boolean end, boolean key) {
        byte[] p = new byte[20];
        RtpHeaders.writeHeader(p, 96, end, sequence & 0xffff, timestamp, 7, RtpHeaders.Extensions.NONE, 0, 0);
        p[12] = (byte) (start ? 0x10 : 0);
        p[13] = (byte) (key ? 0 : 1);
        RtpPacket view = new RtpPacket();
        assertTrue(view.wrap(p, 0, p.length));
        return view;
    }

    private static FrameBuffer buffer(ReceiveMemory memory) {
        return new FrameBuffer(
                true,
                Map.of(
                        96,
                        new FrameBuffer.Format(
                                "VP8",
                                CodecRegistry.STANDARD.find("VP8").payload().depacketizer(Map.of()))),
                memory);
    }

    @Test
    void aFrameThatNeverEndsIsGivenUpAtTheBoundAndAKeyFrameAskedFor() {
        FrameBuffer b = buffer(new ReceiveMemory());
        for (int i = 0; i <= FrameBuffer.MAX_PACKETS; i++) {
            b.insert(i, packet(i, 1, i == 0, false, true), 0);
            b.poll(0, out);
        }
        assertEquals(0, out.size());
        assertTrue(b.takeKeyFrameWanted());
        int next = FrameBuffer.MAX_PACKETS + 1;
        b.insert(next, packet(next, 2, true, true, true), 0);
        b.poll(0, out);
        b.poll(1_000_000_000L, out);
        assertEquals(1, out.size(), "the next key frame is delivered");
    }

    @Test
    void eachPacketOfALongFrameIsLookedAtOnce() {
        FrameBuffer b = buffer(new ReceiveMemory());
        long steps = Steps.of(() -> {
            for (int i = 0; i < 2_000; i++) {
                b.insert(i, packet(i, 1, i == 0, false, true), 0);
                b.poll(0, out);
            }
        });
        assertTrue(steps > 0 && steps <= 3 * 2_000, steps + " steps for 2,000 packets");
        long known = Steps.of(() -> {
            for (int i = 0; i < 2_000; i++) {
                b.insert(i, packet(i, 1, i == 0, false, true), 0);
                b.poll(0, out);
            }
        });
        assertTrue(known <= 3 * 2_000, known + " steps for the same again");
        b.insert(2_000, packet(2_000, 1, false, true, false), 0);
        b.poll(0, out);
        assertEquals(1, out.size());
        assertEquals(2_001 * 7, out.peek().data().length, "of each packet what is behind the descriptor");
    }

    @Test
    void sourcesTogetherHoldNoMoreThanTheConnectionMayAndGiveBackAllOfIt() {
        ReceiveMemory memory = new ReceiveMemory();
        List<FrameBuffer> all = new ArrayList<>();
        for (int k = 0; k < 8; k++) {
            FrameBuffer b = buffer(memory);
            all.add(b);
            for (int i = 0; i < 1_000; i++) {
                b.insert(i, large(i, i == 0, 16_000), 0);
                b.poll(0, out);
                assertTrue(memory.held() <= ReceiveMemory.MAX_BYTES);
            }
        }
        assertTrue(memory.held() > ReceiveMemory.MAX_BYTES / 2);
        assertTrue(all.get(7).takeKeyFrameWanted(), "who needed too much asks for a key frame");
        all.forEach(FrameBuffer::clear);
        assertEquals(0, memory.held());
    }

    @Test
    void whatIsHeldIsCountedRightWhateverComes() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            ReceiveMemory memory = new ReceiveMemory();
            FrameBuffer b = buffer(memory);
            long now = 0;
            long sequence = 0;
            for (int i = 0; i < 400; i++) {
                sequence += random.nextInt(5) == 0 ? random.nextInt(40) - 10 : 1;
                b.insert(
                        Math.max(0, sequence),
                        packet(
                                (int) Math.max(0, sequence),
                                sequence / 6,
                                random.nextInt(4) == 0,
                                random.nextInt(4) == 0,
                                random.nextBoolean()),
                        now);
                now += random.nextInt(50) * 1_000_000L;
                b.poll(now, out);
                assertTrue(memory.held() >= 0, "seed " + seed);
            }
            b.clear();
            assertEquals(0, memory.held(), "seed " + seed);
        }
    }

    private static RtpPacket large(int sequence, boolean start, int payload) {
        byte[] p = new byte[12 + payload];
        RtpHeaders.writeHeader(p, 96, false, sequence, 1, 7, RtpHeaders.Extensions.NONE, 0, 0);
        p[12] = (byte) (start ? 0x10 : 0);
        RtpPacket view = new RtpPacket();
        assertTrue(view.wrap(p, 0, p.length));
        return view;
    }
}
