package dev.jvmrtc.rtp.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.RtpWriter;
import dev.jvmrtc.rtp.payload.PayloadFormats;
import java.util.ArrayDeque;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FrameBufferTest {
    private final ArrayDeque<ReceivedFrame> out = new ArrayDeque<>();

    private static RtpPacket packet(int sequence, boolean start, boolean end, boolean key) {
        byte[] p = new byte[20];
        RtpWriter.writeHeader(p, 96, end, sequence & 0xffff, 1, 7, RtpWriter.Extensions.NONE, 0, 0);
        p[12] = (byte) (start ? 0x10 : 0);
        p[13] = (byte) (key ? 0 : 1);
        RtpPacket view = new RtpPacket();
        assertTrue(view.wrap(p, 0, p.length));
        return view;
    }

    @Test
    void aFrameThatNeverEndsIsGivenUpAtTheBoundAndAKeyFrameAskedFor() {
        FrameBuffer b = new FrameBuffer(true, Map.of(96, new FrameBuffer.Format("VP8", PayloadFormats.depacketizer("VP8"))));
        for (int i = 0; i <= FrameBuffer.MAX_PACKETS; i++) {
            b.insert(i, packet(i, i == 0, false, true), 0);
            b.poll(0, out);
        }
        assertEquals(0, out.size());
        assertTrue(b.takeKeyFrameWanted());
        int next = FrameBuffer.MAX_PACKETS + 1;
        b.insert(next, packet(next, true, true, true), 0);
        b.poll(0, out);
        b.poll(1_000_000_000L, out);
        assertEquals(1, out.size(), "the next key frame is delivered");
    }
}
