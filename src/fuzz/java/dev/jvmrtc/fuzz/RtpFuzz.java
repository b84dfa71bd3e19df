package dev.jvmrtc.fuzz;

import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.receive.ReceivedFrame;
import dev.jvmrtc.rtp.receive.RtpReceiveStream;
import dev.jvmrtc.rtp.receive.RtxRepair;
import dev.jvmrtc.rtp.rtcp.Rtcp;
import dev.jvmrtc.wire.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Any bytes as RTP packets of one source: a packet of any shape, or one with any sequence number, timestamp and payload
 * of each format; also as what was sent again.
 */
public final class RtpFuzz {
    static final List<RtpCodec> CODECS = List.of(
            new RtpCodec(96, "VP8", 90_000, 1, Map.of(), List.of("nack", "nack pli", "ccm fir"), -1),
            new RtpCodec(102, "H264", 90_000, 1, Map.of("packetization-mode", "1"), List.of("nack"), -1),
            new RtpCodec(98, "VP9", 90_000, 1, Map.of(), List.of(), -1),
            new RtpCodec(111, "opus", 48_000, 2, Map.of(), List.of(), -1));
    private static final int[] TYPES = {96, 102, 98, 111, 97, 60};

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzInput in = new FuzzInput(data);
        RtpReceiveStream stream = new RtpReceiveStream(1_234, in.flag(), CODECS);
        stream.setOrientationExtension(3);
        long now = 1_000_000_000L;
        long given = 0;
        long out = 0;
        int sequence = 65_500;
        while (!in.isEmpty()) {
            now += in.next() * 1_000_000L;
            sequence += in.next() < 200 ? in.next(4) : in.u16();
            byte[] d = in.flag() ? in.block() : packet(in, sequence & 0xffff);
            given += d.length;
            RtpPacket p = new RtpPacket();
            long at = now;
            boolean again = in.next() < 40;
            FuzzBounds.work(d.length, () -> {
                if (p.wrap(d, 0, d.length)) {
                    take(stream, p, at, again);
                }
                stream.handleTimeout(at);
            });
            for (ReceivedFrame f = stream.pollFrame(); f != null; f = stream.pollFrame()) {
                out += f.data().length;
            }
            FuzzBounds.atMost(4 * given + 1_000, out, "bytes of frames from " + given);
            feedback(stream, now);
        }
    }

    private static byte[] packet(FuzzInput in, int sequence) {
        int type = TYPES[in.next(TYPES.length)];
        boolean marker = in.flag();
        long timestamp = in.next(20) * 3_000L;
        return new ByteWriter()
                .u8(0x80)
                .u8(type | (marker ? 0x80 : 0))
                .u16(sequence)
                .u32(timestamp)
                .u32(1_234)
                .bytes(in.bytes(in.next()))
                .toByteArray();
    }

    private static void take(RtpReceiveStream stream, RtpPacket p, long now, boolean again) {
        for (int id = 1; id < 20; id++) {
            p.findExtension(id);
            p.extensionText(id);
            p.extensionU16(id);
        }
        p.csrcs();
        if (again) {
            stream.handleRepair(now, p, new RtxRepair(96));
        } else {
            stream.handlePacket(now, p);
        }
    }

    private static void feedback(RtpReceiveStream stream, long now) {
        List<Rtcp> feedback = new ArrayList<>();
        stream.collectFeedback(now, 5, feedback);
        ByteWriter w = new ByteWriter();
        feedback.forEach(x -> x.write(w));
        FuzzBounds.atMost(4_000, w.length(), "bytes of feedback at once");
        stream.reportBlock(now);
        stream.snapshot();
    }

    /** What {@link SeedMaker} writes as this target's first inputs. */
    static Map<String, byte[]> seeds() {
        ByteWriter whole = new ByteWriter().u8(1);
        for (byte[] p : RecordedCall.first(RecordedCall.get().rtp(), 8)) {
            whole.u8(10).u8(0).u8(1).u8(1).u16(p.length).bytes(p).u8(255);
        }
        ByteWriter shaped = new ByteWriter().u8(1);
        for (int i = 0; i < 6; i++) {
            byte[] vp8 = {(byte) (i % 2 == 0 ? 0x10 : 0), 0, 1, 2, 3};
            shaped.u8(10).u8(i == 3 ? 220 : 0);
            if (i == 3) {
                shaped.u16(4);
            } else {
                shaped.u8(1);
            }
            shaped.u8(0).u8(0).u8(i & 1).u8(i / 2).u8(vp8.length).bytes(vp8).u8(i == 5 ? 0 : 255);
        }
        return Map.of("call", whole.toByteArray(), "shaped", shaped.toByteArray());
    }

    private RtpFuzz() {}
}
