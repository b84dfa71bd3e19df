package dev.jvmrtc.rtp.receive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.wire.ByteWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What stands in front of a stream and brings back what got lost. */
class RepairTest {
    private static final int SSRC = 0x01020304;
    private static final RtpCodec OPUS = new RtpCodec(111, "opus", 48_000, 2, Map.of(), List.of(), -1);

    private final RtpReceiveStream stream = new RtpReceiveStream(SSRC, false, List.of(OPUS));

    private static RtpPacket packet(byte[] bytes) {
        RtpPacket p = new RtpPacket();
        assertEquals(true, p.wrap(bytes, 0, bytes.length));
        return p;
    }

    private static RtpPacket packet(int payloadType, int sequence, byte[] payload) {
        return packet(new ByteWriter()
                .u8(0x80)
                .u8(payloadType)
                .u16(sequence)
                .u32(sequence * 960L)
                .u32(SSRC & 0xffffffffL)
                .bytes(payload)
                .toByteArray());
    }

    private static List<byte[]> restored(Repair repair, String hex) {
        List<byte[]> all = new ArrayList<>();
        repair.handlePacket(
                5,
                packet(HexFormat.of().parseHex(hex)),
                SSRC,
                (now, p) -> all.add(Arrays.copyOfRange(p.array(), p.offset(), p.offset() + p.length())));
        return all;
    }

    @Test
    void aRetransmissionIsTheOriginalAgainWithNumberTypeAndSourcePutBack() {
        // RFC 4588 §4: marker, timestamp, CSRC and extension stay; the first two bytes of the payload are the number.
        String csrcAndExtension = "0000000c" + "bede0001" + "10310000";
        List<byte[]> all = restored(
                new RtxRepair(96),
                "91" + "e1" + "0007" + "00015f90" + "99999999" + csrcAndExtension + "1234" + "aabbcc");
        assertEquals(1, all.size());
        assertArrayEquals(
                HexFormat.of().parseHex("91" + "e0" + "1234" + "00015f90" + "01020304" + csrcAndExtension + "aabbcc"),
                all.get(0));
    }

    @Test
    void thePaddingOfARetransmissionIsNotTheOriginals() {
        List<byte[]> all =
                restored(new RtxRepair(96), "a0" + "61" + "0007" + "00000000" + "99999999" + "1234" + "aa" + "0002");
        assertArrayEquals(HexFormat.of().parseHex("80" + "60" + "1234" + "00000000" + "01020304" + "aa"), all.get(0));
    }

    @Test
    void aProbeWithoutContentRestoresNothing() {
        assertEquals(
                0,
                restored(new RtxRepair(96), "80" + "61" + "0007" + "00000000" + "99999999" + "1234")
                        .size());
        assertEquals(
                0,
                restored(new RtxRepair(96), "80" + "61" + "0007" + "00000000" + "99999999")
                        .size());
    }

    /** As redundancy would have it: two frames in a packet, each a byte, the number of the first in front of them. */
    private static final Repair TWO_IN_ONE = (now, p, ssrc, out) -> {
        int first = p.array()[p.payloadOffset()] & 0xff;
        for (int i = 0; i < 2; i++) {
            out.restored(now, packet(111, first + i, new byte[] {p.array()[p.payloadOffset() + 1 + i]}));
        }
    };

    @Test
    void whateverRepairsAStreamFillsItsGapsAndCountsOnceForEachPacketThatWasMissing() {
        long now = 1_000_000_000L;
        stream.handlePacket(now, packet(111, 10, new byte[] {1}));
        stream.handlePacket(now, packet(111, 13, new byte[] {4}));
        stream.handleRepair(now, packet(120, 500, new byte[] {11, 2, 3}), TWO_IN_ONE);
        stream.handleRepair(now, packet(120, 501, new byte[] {12, 3, 4}), TWO_IN_ONE);
        List<Integer> frames = new ArrayList<>();
        for (ReceivedFrame f = stream.pollFrame(); f != null; f = stream.pollFrame()) {
            frames.add((int) f.data()[0]);
        }
        assertEquals(List.of(1, 2, 3, 4), frames);
        RtpReceiveStream.Snapshot s = stream.snapshot();
        assertEquals(4, s.packets(), "two by themselves, two repaired");
        assertEquals(2, s.lost(), "of what the path was to bring");
        assertEquals(4, s.retransmittedPackets());
        assertEquals(2, s.duplicates());
    }

    @Test
    void aRepairOfAStreamThatHasNotBegunIsNotItsBeginning() {
        stream.handleRepair(1, packet(120, 500, new byte[] {11, 2, 3}), TWO_IN_ONE);
        assertEquals(0, stream.snapshot().packets());
        assertEquals(null, stream.reportBlock(1));
    }
}
