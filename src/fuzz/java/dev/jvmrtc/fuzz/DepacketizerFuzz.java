package dev.jvmrtc.fuzz;

import dev.jvmrtc.rtp.format.CodecRegistry;
import dev.jvmrtc.rtp.format.Depacketizer;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.CodedFrame;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Any bytes as payloads of each format: they are refused, or become no more bytes of a frame than a start code for each
 * unit adds.
 */
public final class DepacketizerFuzz {
    private static final List<String> NAMES = List.of("VP8", "VP9", "H264", "opus", "PCMU", "G722", "AV1", "H265");

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzInput in = new FuzzInput(data);
        Depacketizer d = CodecRegistry.STANDARD
                .find(NAMES.get(in.next(NAMES.size())))
                .payload()
                .depacketizer(Map.of());
        ByteWriter frame = new ByteWriter();
        int given = 0;
        while (!in.isEmpty()) {
            byte[] payload = in.block();
            given += payload.length;
            if (payload.length == 0) {
                continue;
            }
            FuzzBounds.work(payload.length, () -> {
                if (d.inspect(payload, 0, payload.length) != null) {
                    d.append(payload, 0, payload.length, frame);
                }
            });
            // H.264's shortest unit is a byte and comes behind a start code of four.
            FuzzBounds.atMost(5L * given + 16, frame.length(), "bytes of a frame from " + given);
        }
        byte[] all = frame.toByteArray();
        FuzzBounds.work(all.length, () -> {
            CodedFrame whole = all.length == 0 ? null : d.whole(all, true);
            // Parameter sets of H.264 that are known are put in, and lengths of AV1's units.
            FuzzBounds.atMost(
                    3L * all.length + 16_384,
                    whole == null ? 0 : whole.data().length,
                    "bytes of a whole frame from " + all.length);
        });
    }

    /** What {@link SeedMaker} writes as this target's first inputs. */
    static Map<String, byte[]> seeds() {
        Map<String, byte[]> seeds = new TreeMap<>();
        byte[] nals = {
            0, 0, 0, 1, 0x67, 66, -32, 31, 1, 0, 0, 0, 1, 0x68, 1, 0, 0, 0, 1, 0x65, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
            12, 13, 14, 15, 16, 17, 18, 19, 20
        };
        byte[] hevc = {
            0, 0, 1, 0x40, 1, 12, 1, 0, 0, 1, 0x42, 1, 1, 1, 0, 0, 1, 0x44, 1, -63, 0x72, 0, 0, 1, 0x26, 1, -81, 8, 1,
            2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
        };
        byte[] obus = {
            0x12, 0, 0x0a, 3, 0, 0, 0, 0x32, 40, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20
        };
        for (int i = 0; i < NAMES.size(); i++) {
            byte[] frame = NAMES.get(i).equals("H264")
                    ? nals
                    : NAMES.get(i).equals("H265") ? hevc : NAMES.get(i).equals("AV1") ? obus : new byte[60];
            ByteWriter w = new ByteWriter().u8(i);
            CodecRegistry.STANDARD
                    .find(NAMES.get(i))
                    .payload()
                    .packetizer(Map.of("packetization-mode", "1"), 0)
                    .packetize(
                            OutgoingFrame.of(frame, true, 0),
                            25,
                            (prefix, prefixLength, d, o, n, last) -> w.u16(prefixLength + n)
                                    .bytes(prefix, 0, prefixLength)
                                    .bytes(d, o, n));
            seeds.put(NAMES.get(i), w.toByteArray());
        }
        return seeds;
    }

    private DepacketizerFuzz() {}
}
