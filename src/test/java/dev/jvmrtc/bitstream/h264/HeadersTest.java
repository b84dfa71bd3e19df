package dev.jvmrtc.bitstream.h264;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.wire.HeaderBits;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeadersTest {

    private static byte[] hex(String h) {
        return HexFormat.of().parseHex(h);
    }

    private static NalUnit unit(String h) {
        return new NalUnit(hex(h), 0, h.length() / 2);
    }

    @Test
    void aByteStreamIsCutBehindStartCodesAndBeforeTheZerosOfTheNext() {
        byte[] d = hex("aa" + "000001" + "09" + "10" + "00000001" + "000001" + "6588" + "0000" + "000001");
        assertEquals(
                List.of("9 2", "5 2"),
                NalUnit.split(d).stream().map(u -> u.type() + " " + u.length()).toList());
        assertEquals(List.of(), NalUnit.split(hex("6588")));
        assertEquals(List.of(), NalUnit.split(hex("00000001")));
        assertEquals(
                List.of("7"),
                NalUnit.split(hex("00000167")).stream().map(u -> "" + u.type()).toList());
    }

    @Test
    void aSequenceTellsSizeAndFrameRateOrNothing() {
        // x264, high profile, 320x240 at 30 frames a second: with emulation prevention bytes in its timing.
        String sps = "6764000dacd94141fb0110000003001000000303c0f1429960";
        assertEquals(new SequenceParameters(320, 240, 1, 0, 0, 30), SequenceParameters.of(unit(sps)));
        assertEquals(
                new SequenceParameters(320, 240, 1, 0, 0, 30_000 / 1_001.0),
                SequenceParameters.of(unit("6742c00dd90141fb011000003e90000ea600f142a480")));
        for (int n = 1; n < sps.length() / 2; n++) {
            SequenceParameters cut = SequenceParameters.of(unit(sps.substring(0, 2 * n)));
            assertTrue(cut == null || cut.width() == 320 && cut.height() == 240, n + " bytes");
        }
        assertNull(SequenceParameters.of(unit("67")));
        assertNull(SequenceParameters.of(unit("6742c01e" + "00".repeat(64))));
    }

    @Test
    void aSliceTellsItsKindAndWhatItNeeds() {
        assertEquals(new SliceHeader(7, -1), SliceHeader.of(hex("6588"), 0));
        assertEquals(new SliceHeader(7, 0), SliceHeader.of(hex("658880"), 0));
        assertTrue(SliceHeader.of(hex("41b8aaaa"), 0).isIntra());
        assertFalse(SliceHeader.of(hex("41e0aaaa"), 0).isIntra());
        assertTrue(SliceHeader.of(hex("019faa"), 0).isBidirectional());
        assertEquals(new SliceHeader(-1, -1), SliceHeader.of(hex("41"), 0));
        assertEquals(new SliceHeader(-1, -1), SliceHeader.of(hex("4100000000000000000000"), 0));
    }

    @Test
    void bitsBehindTheEndAreZerosAndSaidToBe() {
        HeaderBits r = HeaderBits.of(hex("ff"), 0, 1);
        assertEquals(255, r.bits(8));
        assertFalse(r.ended());
        assertEquals(0, r.bits(32));
        assertTrue(r.ended());
        HeaderBits nal = HeaderBits.ofNal(hex("000003000003ff"), 0, 7);
        assertEquals(0xff, nal.bits(32) << 8 | nal.bits(8));
        assertFalse(nal.ended());
        // 31 zeros are the longest code.
        assertEquals(
                (1L << 32) - 2, HeaderBits.of(hex("00000001ffffffff"), 0, 8).ue());
        HeaderBits none = HeaderBits.of(hex("00000000ffffffffff"), 0, 9);
        assertEquals(0, none.ue());
        assertTrue(none.ended());
    }
}
