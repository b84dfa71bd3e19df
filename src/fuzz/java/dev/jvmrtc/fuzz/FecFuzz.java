package dev.jvmrtc.fuzz;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.receive.ParityEncoder;
import dev.jvmrtc.rtp.receive.ReceiveMemory;
import dev.jvmrtc.rtp.receive.ReceivedFrame;
import dev.jvmrtc.rtp.receive.RtpReceiveStream;
import dev.jvmrtc.rtp.receive.RtxRepair;
import dev.jvmrtc.wire.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Any bytes as RED, as parity of all forms and as what was sent again, of one source of video. */
public final class FecFuzz {
    private static final int VP8 = 96;
    private static final int RED = 120;
    private static final int ULPFEC = 122;
    private static final int SSRC = 1_234;
    private static final List<RtpCodec> CODECS = List.of(
            new RtpCodec(VP8, "VP8", 90_000, 1, Map.of(), List.of("nack", "nack pli", "ccm fir"), -1),
            new RtpCodec(RED, "red", 90_000, 1, Map.of(), List.of(), -1),
            new RtpCodec(121, "rtx", 90_000, 1, Map.of("apt", "120"), List.of(), RED),
            new RtpCodec(ULPFEC, "ulpfec", 90_000, 1, Map.of(), List.of(), -1));
    /** What one source may hold of packets for parity: 192 … 256 packets, and 48 of parity, with what each costs. */
    private static final long MOST_HELD = 600_000;

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzInput in = new FuzzInput(data);
        ReceiveMemory memory = new ReceiveMemory();
        RtpReceiveStream stream = new RtpReceiveStream(SSRC, true, CODECS, memory, new Counters());
        long now = 1_000_000_000L;
        int sequence = 65_500;
        long given = 0;
        while (!in.isEmpty()) {
            now += in.next() * 100_000L;
            sequence += in.next() < 250 ? in.next(3) : in.u16();
            int kind = in.next(5);
            byte[] d = packet(in, kind, sequence & 0xffff);
            given += d.length;
            RtpPacket p = new RtpPacket();
            if (!p.wrap(d, 0, d.length)) {
                throw new IllegalStateException("a packet of ours is malformed");
            }
            long at = now;
            FuzzBounds.work(d.length, () -> {
                if (kind == 4) {
                    stream.handleRepair(at, p, new RtxRepair(RED));
                } else {
                    stream.handlePacket(at, p);
                }
                stream.handleTimeout(at);
            });
            long waiting = 0;
            for (ReceivedFrame f = stream.pollFrame(); f != null; f = stream.pollFrame()) {
                waiting += f.data().length;
            }
            // Parity brings one packet back, which is as long as its longest.
            FuzzBounds.atMost(2 * given + MOST_HELD, waiting, "bytes of frames from " + given);
            FuzzBounds.atMost(2 * given + MOST_HELD + 400L * 2_048, memory.held(), "bytes held");
            stream.snapshot();
        }
        stream.close();
        FuzzBounds.atMost(0, memory.held(), "bytes held after the end");
    }

    private static byte[] packet(FuzzInput in, int kind, int sequence) {
        ByteWriter w = new ByteWriter()
                .u8(0x80)
                .u8((kind == 0 ? VP8 : kind == 3 ? ULPFEC : kind == 4 ? 121 : RED) | (in.flag() ? 0x80 : 0))
                .u16(sequence)
                .u32(in.next(20) * 3_000L)
                .u32(SSRC);
        switch (kind) {
            case 1 -> w.u8(VP8);
            case 2 -> w.u8(ULPFEC);
            case 4 -> w.u16(sequence - in.next()).u8(VP8);
            default -> {}
        }
        return w.bytes(in.bytes(in.next())).toByteArray();
    }

    /** What {@link SeedMaker} writes as this target's first inputs. */
    static Map<String, byte[]> seeds() {
        List<byte[]> media = new ArrayList<>();
        ByteWriter w = new ByteWriter();
        for (int i = 0; i < 3; i++) {
            byte[] payload = {(byte) (i == 0 ? 0x10 : 0), 0, (byte) i, 2, 3, 4, 5};
            int marker = i == 2 ? 0x80 : 0;
            media.add(new ByteWriter()
                    .u8(0x80)
                    .u8(VP8 | marker)
                    .u16(65_501 + i)
                    .u32(3_000)
                    .u32(SSRC)
                    .bytes(payload)
                    .toByteArray());
            if (i != 1) {
                w.u8(1)
                        .u8(0)
                        .u8(i == 0 ? 1 : 2)
                        .u8(1)
                        .u8(marker >> 7)
                        .u8(1)
                        .u8(payload.length)
                        .bytes(payload);
            }
        }
        byte[] parity =
                ParityEncoder.ulpfec(media, ParityEncoder.forBursts(3, 1).get(0));
        w.u8(1).u8(0).u8(1).u8(2).u8(0).u8(1).u8(parity.length).bytes(parity);
        return Map.of("recovered", w.toByteArray());
    }

    private FecFuzz() {}
}
