package dev.jvmrtc.media.file;

import dev.jvmrtc.bitstream.h264.NalUnit;
import dev.jvmrtc.bitstream.h265.HevcUnits;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.HeaderBits;
import java.util.List;

/**
 * What a file tells of H.265 before its frames.
 *
 * @param record an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 §8.3.3.1)
 */
record HevcConfiguration(int width, int height, byte[] record) {
    private static final int MAX_SETS = 64;
    private static final int SUB_LAYER = 88;
    private static final int MAX_SIDE = 0xFFFF;
    private static final int MAX_DEPTH = 8;
    /** general_profile_space up to general_level_idc, which the record has as they are. */
    private static final int PROFILE_BYTES = 12;

    /**
     * The parameter sets among the units; null where one kind is missing, or they are malformed or more than
     * {@code maxLength}.
     */
    static HevcConfiguration of(List<NalUnit> units, int maxLength) {
        ByteWriter arrays = new ByteWriter();
        NalUnit sps = null;
        for (int type = HevcUnits.VPS; type <= HevcUnits.PPS; type++) {
            int kind = type;
            List<NalUnit> its = units.stream()
                    .filter(u -> HevcUnits.type(u.data()[u.from()]) == kind && u.length() > HevcUnits.HEADER)
                    .toList();
            if (its.isEmpty()
                    || its.size() > MAX_SETS
                    || its.stream().mapToInt(NalUnit::length).sum() > maxLength) {
                return null;
            }
            sps = type == HevcUnits.SPS ? its.get(0) : sps;
            arrays.u8(type).u16(its.size());
            its.forEach(u -> arrays.u16(u.length()).bytes(u.data(), u.from(), u.length()));
        }
        return arrays.length() > maxLength ? null : of(sps, arrays);
    }

    /** ITU-T H.265 §7.3.2.2.1, up to the depth of the samples */
    private static HevcConfiguration of(NalUnit sps, ByteWriter arrays) {
        HeaderBits r = HeaderBits.ofNal(sps.data(), sps.from() + HevcUnits.HEADER, sps.to());
        r.skip(4);
        int subLayers = (int) r.bits(3);
        int nested = r.bit();
        ByteWriter w = new ByteWriter().u8(1);
        for (int i = 0; i < PROFILE_BYTES; i++) {
            w.u8((int) r.bits(8));
        }
        skipSubLayers(r, subLayers);
        r.ue(); // sps_seq_parameter_set_id
        int chroma = (int) r.ue();
        boolean planes = chroma == 3 && r.flag() || chroma == 0;
        long width = r.ue();
        long height = r.ue();
        if (r.flag()) {
            // table 6-1: SubWidthC, SubHeightC
            width -= (r.ue() + r.ue()) * (planes || chroma == 3 ? 1 : 2);
            height -= (r.ue() + r.ue()) * (planes || chroma != 1 ? 1 : 2);
        }
        int luma = (int) r.ue();
        int other = (int) r.ue();
        boolean valid = !r.ended()
                && width > 0
                && height > 0
                && width <= MAX_SIDE
                && height <= MAX_SIDE
                && chroma >= 0
                && chroma <= 3
                && luma >= 0
                && luma <= MAX_DEPTH
                && other >= 0
                && other <= MAX_DEPTH;
        if (!valid) {
            return null;
        }
        // Segmentation, parallelism and frame rate are not told; lengths have four bytes.
        w.u16(0xF000)
                .u8(0xFC)
                .u8(0xFC | chroma)
                .u8(0xF8 | luma)
                .u8(0xF8 | other)
                .u16(0)
                .u8(subLayers + 1 << 3 | nested << 2 | 3)
                .u8(HevcUnits.PPS - HevcUnits.VPS + 1)
                .bytes(arrays.array(), 0, arrays.length());
        return new HevcConfiguration((int) width, (int) height, w.toByteArray());
    }

    /** §7.3.3 */
    private static void skipSubLayers(HeaderBits r, int subLayers) {
        boolean[] profile = new boolean[subLayers];
        boolean[] level = new boolean[subLayers];
        for (int i = 0; i < subLayers; i++) {
            profile[i] = r.flag();
            level[i] = r.flag();
        }
        r.skip(subLayers > 0 ? 2 * (8 - subLayers) : 0);
        for (int i = 0; i < subLayers; i++) {
            r.skip((profile[i] ? SUB_LAYER : 0) + (level[i] ? 8 : 0));
        }
    }
}
