package dev.jvmrtc.rtp.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.CodedFrame;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Frames in packets: as their specifications have them byte by byte, and back again at every size around the limit. */
class PayloadFormatTest {
    private static final long SEED = Long.getLong("jvmrtc.seed", 12L);
    private static final int MAX = 100;
    private static final CodecRegistry REGISTRY =
            CodecRegistry.STANDARD.withOpaque("x-whole", MediaKind.VIDEO, 90_000, 1, Map.of(), Set.of());
    private static final Map<String, String> FRAGMENTS = Map.of("packetization-mode", "1");

    private record Payload(byte[] bytes, boolean last) {}

    private static byte[] hex(String h) {
        return HexFormat.of().parseHex(h.replace(" ", ""));
    }

    private static String hex(Payload p) {
        return HexFormat.of().formatHex(p.bytes);
    }

    private static PayloadFormat format(String codec) {
        return REGISTRY.find(codec).payload();
    }

    private static List<Payload> packetize(String codec, Map<String, String> parameters, byte[] frame, boolean key) {
        return packetize(format(codec).packetizer(parameters, 0x1234), OutgoingFrame.of(frame, key, 0));
    }

    private static List<Payload> packetize(Packetizer p, OutgoingFrame frame) {
        List<Payload> all = new ArrayList<>();
        p.packetize(
                frame,
                MAX,
                (head, headLength, body, offset, length, last) -> all.add(new Payload(
                        new ByteWriter()
                                .bytes(head, 0, headLength)
                                .bytes(body, offset, length)
                                .toByteArray(),
                        last)));
        return all;
    }

    /** What a receiver makes of payloads; null where one is refused. */
    private static CodedFrame depacketize(String codec, List<byte[]> payloads) {
        Depacketizer d = format(codec).depacketizer(Map.of());
        ByteWriter frame = new ByteWriter();
        boolean key = false;
        for (byte[] p : payloads) {
            Depacketizer.Info i = d.inspect(p, 0, p.length);
            if (i == null || !d.append(p, 0, p.length, frame)) {
                return null;
            }
            key |= i.keyFrame();
        }
        return d.whole(frame.toByteArray(), key);
    }

    private static byte[] bytes(Random random, int length) {
        byte[] b = new byte[length];
        for (int i = 0; i < length; i++) {
            b[i] = (byte) (1 + random.nextInt(255)); // no zeros, so that there is no start code
        }
        return b;
    }

    /** A frame of each size comes back as it was, of payloads that all fit, the last of which alone says so. */
    private static void comesBack(String codec, IntFunction<byte[]> frame, boolean key) {
        for (int size = 1; size <= 4 * MAX; size++) {
            byte[] f = frame.apply(size);
            List<Payload> all = packetize(codec, FRAGMENTS, f, key);
            String which = codec + " of " + size + " bytes, seed " + SEED;
            for (int i = 0; i < all.size(); i++) {
                assertTrue(all.get(i).bytes.length <= MAX, which + ": " + all.get(i).bytes.length);
                assertEquals(i == all.size() - 1, all.get(i).last, which);
            }
            CodedFrame back =
                    depacketize(codec, all.stream().map(Payload::bytes).toList());
            assertNotNull(back, which);
            assertArrayEquals(f, back.data(), which);
            assertEquals(key, back.keyFrame(), which);
        }
    }

    @Test
    void framesOfEverySizeComeBackAsTheyWere() {
        Random random = new Random(SEED);
        for (boolean key : new boolean[] {true, false}) {
            comesBack(
                    "VP8",
                    n -> {
                        byte[] f = bytes(random, n);
                        f[0] = (byte) (key ? f[0] & ~1 : f[0] | 1); // RFC 6386 §9.1
                        return f;
                    },
                    key);
            comesBack("VP9", n -> bytes(random, n), key);
        }
        comesBack(
                "H264",
                n -> new ByteWriter()
                        .bytes(hex("00000001 619a"))
                        .bytes(bytes(random, n))
                        .toByteArray(),
                false);
        comesBack(
                "H265",
                n -> new ByteWriter()
                        .bytes(hex("00000001 0201 d0"))
                        .bytes(bytes(random, n))
                        .toByteArray(),
                false);
        comesBack(
                "H265",
                n -> new ByteWriter()
                        .bytes(hex("00000001 0201 d0"))
                        .bytes(bytes(random, n))
                        .bytes(hex("00000001 0201 50"))
                        .bytes(bytes(random, n))
                        .toByteArray(),
                false);
        comesBack("AV1", n -> av1(random, n), false);
    }

    /** A frame header and a tile group of so many bytes, each with its length. */
    private static byte[] av1(Random random, int n) {
        ByteWriter w = new ByteWriter().bytes(hex("1a 01 30")).bytes(hex("22"));
        for (int rest = n; ; rest >>= 7) {
            w.u8(rest > 0x7f ? 0x80 | rest & 0x7f : rest);
            if (rest <= 0x7f) {
                return w.bytes(bytes(random, n)).toByteArray();
            }
        }
    }

    @Test
    void aFrameThatIsOpaqueIsOnePayloadWhateverItsSize() {
        byte[] frame = bytes(new Random(SEED), 3 * MAX);
        for (String codec : List.of("opus", "x-whole")) {
            List<Payload> all = packetize(codec, Map.of(), frame, true);
            assertEquals(1, all.size(), codec);
            assertArrayEquals(frame, all.get(0).bytes, codec);
            assertTrue(all.get(0).last);
            assertArrayEquals(
                    frame, depacketize(codec, List.of(all.get(0).bytes)).data());
        }
        // RFC 3551 §4.1: the marker of audio is for the beginning of a talkspurt; of video it ends a frame (§5).
        assertFalse(format("opus").packetizer(Map.of(), 0).marksFrameEnd());
        assertTrue(format("x-whole").packetizer(Map.of(), 0).marksFrameEnd());
    }

    @Test
    void vp8HasTheDescriptorOfRfc7741() {
        // §4.2: X 1, S in the first packet alone, PID 0; I 1; a picture id of 15 bits behind M 1.
        byte[] frame = bytes(new Random(SEED), 150);
        List<Payload> all = packetize("VP8", Map.of(), frame, true);
        assertEquals(2, all.size());
        assertTrue(hex(all.get(0)).startsWith("90 80 9234".replace(" ", "")), hex(all.get(0)));
        assertTrue(hex(all.get(1)).startsWith("80 80 9234".replace(" ", "")), hex(all.get(1)));
    }

    @Test
    void vp8LayersAreNumberedForWhoTakesSomeOfThem() {
        Packetizer p = format("VP8").packetizer(Map.of(), 0x00fe_0001);
        // §4.2: I, L and T; TL0PICIDX grows with each frame of layer 0; TID and Y; N where nobody refers to it.
        byte[] frame = {1};
        assertEquals(
                "90e08001ff00" + "01",
                hex(packetize(p, new OutgoingFrame(frame, false, 0, 0, 2, false, 0))
                        .get(0)));
        assertEquals(
                "b0e08002ff60" + "01",
                hex(packetize(p, new OutgoingFrame(frame, false, 0, 1, 2, true, 0))
                        .get(0)));
        assertEquals(
                "90e080030000" + "01",
                hex(packetize(p, new OutgoingFrame(frame, false, 0, 0, 2, false, 0))
                        .get(0)));
    }

    @Test
    void vp9HasTheDescriptorOfRfc9628() {
        // §4.2: I 1, P for what refers to others, B and E around the frame, Z; the picture id has 15 bits.
        byte[] frame = bytes(new Random(SEED), 250);
        List<Payload> key = packetize("VP9", Map.of(), frame, true);
        assertEquals(3, key.size());
        assertEquals("899234", hex(key.get(0)).substring(0, 6));
        assertEquals("819234", hex(key.get(1)).substring(0, 6));
        assertEquals("859234", hex(key.get(2)).substring(0, 6));
        assertEquals(
                "cd9234",
                hex(packetize("VP9", Map.of(), new byte[] {1}, false).get(0)).substring(0, 6));
    }

    @Test
    void h264FragmentsAreThoseOfRfc6184() {
        // §5.8: indicator with NRI and type 28; header with S, E and the type of the unit, whose first byte is left
        // out.
        byte[] unit = bytes(new Random(SEED), 250);
        unit[0] = 0x65;
        List<Payload> all =
                packetize("H264", FRAGMENTS, new ByteWriter().u32(1).bytes(unit).toByteArray(), true);
        assertEquals(3, all.size());
        assertEquals("7c85", hex(all.get(0)).substring(0, 4));
        assertEquals("7c05", hex(all.get(1)).substring(0, 4));
        assertEquals("7c45", hex(all.get(2)).substring(0, 4));
        assertEquals(249, all.stream().mapToInt(p -> p.bytes.length - 2).sum());
    }

    @Test
    void h264ParameterSetsShareAPacketInModeOneAndStandAloneInModeZero() {
        byte[] frame = hex("00000001 6742001f" + "00000001 28ce" + "00000001 6588");
        // §5.7.1: NRI is the highest of the units, type 24, each behind its length.
        List<Payload> one = packetize("H264", FRAGMENTS, frame, true);
        assertEquals(2, one.size());
        assertEquals("78 0004 6742001f 0002 28ce".replace(" ", ""), hex(one.get(0)));
        assertEquals("6588", hex(one.get(1)));
        List<Payload> zero = packetize("H264", Map.of(), frame, true);
        assertEquals(
                List.of("6742001f", "28ce", "6588"),
                zero.stream().map(PayloadFormatTest::hex).toList());
        assertEquals(
                List.of(false, false, true), zero.stream().map(Payload::last).toList());
    }

    @Test
    void h265FragmentsAreThoseOfRfc7798() {
        // §4.4.3: payload header with type 49, the layer and the temporal id of the unit; FU header with S, E and type.
        byte[] unit = bytes(new Random(SEED), 250);
        unit[0] = 0x26;
        unit[1] = 0x01;
        unit[2] = (byte) 0xaf;
        List<Payload> all =
                packetize("H265", Map.of(), new ByteWriter().u32(1).bytes(unit).toByteArray(), true);
        assertEquals(3, all.size());
        assertEquals("620193", hex(all.get(0)).substring(0, 6));
        assertEquals("620113", hex(all.get(1)).substring(0, 6));
        assertEquals("620153", hex(all.get(2)).substring(0, 6));
    }

    @Test
    void h265AggregatesAreRead() {
        // §4.4.2: payload header with type 48, then each unit behind its length
        CodedFrame f = depacketize("H265", List.of(hex("6001 0003 0201d0 0004 0201507f")));
        assertArrayEquals(hex("00000001 0201d0 00000001 0201507f"), f.data());
    }

    @Test
    void av1HasTheAggregationHeaderOfItsSpecification() {
        // §4.4: N where a coded video sequence begins; with W 0 each element has a length, and none of its own (§4.5).
        byte[] key = hex("0a 02 0102" + "32 03 101112");
        List<Payload> one = packetize("AV1", Map.of(), key, true);
        assertEquals(
                List.of("08" + "03 080102".replace(" ", "") + "04 30101112".replace(" ", "")),
                one.stream().map(PayloadFormatTest::hex).toList());
        CodedFrame back = depacketize("AV1", List.of(one.get(0).bytes));
        assertArrayEquals(key, back.data());
        assertTrue(back.keyFrame());
        // Z and Y where an element goes on from packet to packet.
        List<Payload> cut = packetize("AV1", Map.of(), av1(new Random(SEED), 250), false);
        assertEquals(3, cut.size());
        assertEquals("40", hex(cut.get(0)).substring(0, 2));
        assertEquals("c0", hex(cut.get(1)).substring(0, 2));
        assertEquals("80", hex(cut.get(2)).substring(0, 2));
    }

    @Test
    void aTemporalDelimiterIsNotSent() {
        // §5: "The temporal delimiter OBU, if present, MUST be removed when transmitting"
        List<Payload> all = packetize("AV1", Map.of(), hex("12 00" + "22 02 0102"), false);
        assertEquals(
                List.of("00" + "03 200102".replace(" ", "")),
                all.stream().map(PayloadFormatTest::hex).toList());
    }

    @Test
    void payloadsWithoutContentOrWithLengthsThatLieAreRefused() {
        // Descriptors with nothing behind them.
        for (String vp8 : List.of("", "10", "9080", "908081", "9080 8123", "9020 00")) {
            assertNull(depacketize("VP8", List.of(hex(vp8))), vp8);
        }
        for (String vp9 : List.of("", "08", "8881", "a8 8001", "5a 0301", "0a 1801")) {
            assertNull(depacketize("VP9", List.of(hex(vp9))), vp9);
        }
        // Fragments without a fragment; aggregates whose units end behind them, or are empty; types that are reserved.
        for (String h264 : List.of("", "7c85", "78 0004 6742", "78 0000", "00 11", "1d 8511", "1f 11")) {
            assertNull(depacketize("H264", List.of(hex(h264))), h264);
        }
        for (String h265 : List.of("", "02", "620193", "6001 0004 0201d0", "6001 0000", "6401 00")) {
            assertNull(depacketize("H265", List.of(hex(h265))), h265);
        }
        // A continuation that begins a sequence; one of nothing; lengths beyond the end; W that does not come true.
        for (String av1 : List.of("", "08", "88 02 0801", "80 02 2001", "00 05 2001", "00 00", "20 05 2001")) {
            assertNull(depacketize("AV1", List.of(hex(av1))), av1);
        }
    }

    @Test
    void whereAFrameBeginsIsSeenInItsFirstPacketAlone() {
        byte[] frame = bytes(new Random(SEED), 300);
        frame[0] &= ~1;
        for (String codec : List.of("VP8", "VP9")) {
            Depacketizer d = format(codec).depacketizer(Map.of());
            List<Payload> all = packetize(codec, Map.of(), frame, true);
            for (int i = 0; i < all.size(); i++) {
                Depacketizer.Info info = d.inspect(all.get(i).bytes, 0, all.get(i).bytes.length);
                assertEquals(i == 0, info.startsFrame(), codec);
                assertEquals(i == 0, info.keyFrame(), codec);
            }
        }
    }
}
