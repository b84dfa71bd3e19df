package dev.jvmrtc.rtp.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.format.CodecRegistry;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.rtp.header.RtpHeaders;
import dev.jvmrtc.wire.ByteWriter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** AV1 as it is sent and arrives. */
class Av1ArrivalTest {
    private static final String DELIMITER = "1200";
    private static final String SEQUENCE = "0a03" + "010203";

    private final RtpReceiveStream stream = new RtpReceiveStream(
            7, true, List.of(new RtpCodec(96, "AV1", 90_000, 1, Map.of(), List.of("nack", "nack pli"), -1)));
    private int sequence = 65_533;

    private void arrives(int timestamp, boolean marker, byte[] payload) {
        byte[] p = new byte[12 + payload.length];
        RtpHeaders.writeHeader(p, 96, marker, sequence++ & 0xffff, timestamp, 7, RtpHeaders.Extensions.NONE, 0, 0);
        System.arraycopy(payload, 0, p, 12, payload.length);
        RtpPacket view = new RtpPacket();
        assertTrue(view.wrap(p, 0, p.length));
        stream.handlePacket(1_000_000_000L, view);
    }

    private void arrives(int timestamp, boolean marker, String hex) {
        arrives(timestamp, marker, hex(hex));
    }

    private static byte[] hex(String h) {
        return HexFormat.of().parseHex(h);
    }

    private List<String> frames() {
        List<String> all = new ArrayList<>();
        for (ReceivedFrame f = stream.pollFrame(); f != null; f = stream.pollFrame()) {
            all.add((f.keyFrame() ? "key " : "delta ") + HexFormat.of().formatHex(f.data()));
        }
        return all;
    }

    private static String frame(int bytes) {
        ByteWriter w = new ByteWriter().u8(0x36).u8(0x48); // a frame with an extension
        for (int n = bytes; ; n >>= 7) {
            w.u8(n > 0x7f ? 0x80 | n & 0x7f : n);
            if (n <= 0x7f) {
                break;
            }
        }
        for (int i = 0; i < bytes; i++) {
            w.u8(i);
        }
        return HexFormat.of().formatHex(w.toByteArray());
    }

    @Test
    void whatIsSentArrivesWithoutItsDelimiter() {
        for (int size : new int[] {1, 18, 19, 20, 127, 128, 3_000}) {
            List<byte[]> payloads = new ArrayList<>();
            List<Boolean> last = new ArrayList<>();
            byte[] unit = hex(DELIMITER + SEQUENCE + frame(size));
            CodecRegistry.STANDARD
                    .find("AV1")
                    .payload()
                    .packetizer(Map.of(), 0)
                    .packetize(OutgoingFrame.of(unit, true, 0), 21, (head, n, d, o, length, end) -> {
                        assertTrue(n + length <= 21);
                        payloads.add(new ByteWriter()
                                .bytes(head, 0, n)
                                .bytes(d, o, length)
                                .toByteArray());
                        last.add(end);
                    });
            assertEquals(last.size() - 1, last.indexOf(true));
            assertEquals(
                    size > 18 - 9 ? 0x48 : 0x08,
                    payloads.get(0)[0] & 0xff,
                    "units share packets, and a sequence begins");
            for (int i = 0; i < payloads.size(); i++) {
                arrives(size, last.get(i), payloads.get(i));
            }
            assertEquals(List.of("key " + SEQUENCE + frame(size)), frames(), size + " bytes");
        }
    }

    @Test
    void unitsOfOnePacketComeWithOrWithoutTheirLengths() {
        // W 2: a length before the first only; W 0: before each. Units with lengths of their own are taken too.
        arrives(0, true, "28" + "04" + "08010203" + "30" + "aabb");
        arrives(3_000, true, "00" + "03" + "30ccdd" + "04" + "3202ee11");
        assertEquals(List.of("key " + SEQUENCE + "3202aabb", "delta " + "3202ccdd" + "3202ee11"), frames());
    }

    @Test
    void aUnitWithoutItsBeginningOrItsPacketsIsNotDelivered() {
        arrives(0, true, "10" + "30aabb");
        assertEquals(List.of(), frames(), "no sequence has begun");
        arrives(3_000, true, "28" + "04" + "08010203" + "30" + "aabb");
        arrives(6_000, false, "50" + "30aa");
        sequence++;
        arrives(6_000, true, "90" + "bb");
        assertEquals(1, frames().size());
        arrives(9_000, true, "18" + "08010203");
        stream.handleTimeout(2_000_000_000L);
        stream.handleTimeout(3_000_000_000L);
        assertEquals(List.of("key " + SEQUENCE), frames());
    }

    @Test
    void whatIsMalformedIsRefused() {
        var d = CodecRegistry.STANDARD.find("AV1").payload().depacketizer(Map.of());
        for (String bad :
                new String[] {"00" + "00", "00" + "05" + "30", "90" + "30aa", "20" + "ffffffffff" + "30", "10"}) {
            assertFalse(d.append(hex(bad), 0, bad.length() / 2, new ByteWriter()), bad);
        }
        assertEquals(null, d.inspect(hex("88aa"), 0, 2), "what goes on begins no sequence");
        ByteWriter w = new ByteWriter();
        assertTrue(d.append(hex("50" + "30aa"), 0, 3, w));
        assertEquals(null, d.whole(w.toByteArray(), true), "the rest of it never came");
    }
}
