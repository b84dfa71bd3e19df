package dev.jvmrtc.bitstream.h264;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.HeaderBits;

/**
 * What a sequence parameter set says (ITU-T H.264 §7.3.2.1.1).
 *
 * @param width in pixels as it is shown
 * @param height the same
 * @param chromaFormat 0 to 3; 1, which is 4:2:0, where it is not written
 * @param lumaDepth bits of a sample beyond 8
 * @param chromaDepth the same
 * @param frameRate frames a second by the timing in it (§E.1.1); 0 where it tells none that can be
 */
public record SequenceParameters(
        int width, int height, int chromaFormat, int lumaDepth, int chromaDepth, double frameRate) {
    private static final int EXTENDED_SAR = 255;
    private static final int MAX_CYCLE = 255;
    private static final double MAX_RATE = 1_000;
    private static final int MAX_SIDE = 0xFFFF;
    private static final int MAX_DEPTH = 6;

    /** Null where it is malformed or cut off before the picture's size is known. */
    public static SequenceParameters of(NalUnit sps) {
        HeaderBits r = HeaderBits.ofNal(sps.data(), sps.from() + 1, sps.to());
        int profile = (int) r.bits(8);
        r.bits(16); // constraints and level
        r.ue(); // seq_parameter_set_id
        int chroma = 1;
        boolean separate = false;
        long luma = 0;
        long other = 0;
        switch (profile) {
            case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135 -> {
                chroma = (int) r.ue();
                separate = chroma == 3 && r.flag();
                luma = r.ue();
                other = r.ue();
                r.bit();
                if (r.flag()) {
                    skipScaling(r, chroma == 3 ? 12 : 8);
                }
            }
            default -> {}
        }
        r.ue(); // log2_max_frame_num_minus4
        skipOrder(r);
        r.ue(); // max_num_ref_frames
        r.bit();
        long width = (r.ue() + 1) * 16;
        long rows = r.ue() + 1;
        boolean frames = r.flag();
        long height = rows * (frames ? 16 : 32);
        if (!frames) {
            r.bit();
        }
        r.bit();
        if (r.flag()) {
            // §7.4.2.1.1, equations 7-19 to 7-22
            boolean planes = chroma == 0 || separate;
            int unitX = planes || chroma == 3 ? 1 : 2;
            int unitY = (planes || chroma != 1 ? 1 : 2) * (frames ? 1 : 2);
            width -= (r.ue() + r.ue()) * unitX;
            height -= (r.ue() + r.ue()) * unitY;
        }
        boolean valid = !r.ended()
                && width > 0
                && height > 0
                && width <= MAX_SIDE
                && height <= MAX_SIDE
                && chroma >= 0
                && chroma <= 3
                && luma <= MAX_DEPTH
                && other <= MAX_DEPTH;
        return valid
                ? new SequenceParameters((int) width, (int) height, chroma, (int) luma, (int) other, frameRate(r))
                : null;
    }

    private static void skipOrder(HeaderBits r) {
        long type = r.ue();
        if (type == 0) {
            r.ue();
        } else if (type == 1) {
            r.bit();
            r.ue();
            r.ue();
            long cycle = r.ue();
            for (long i = 0; i < Math.min(cycle, MAX_CYCLE); i++) {
                assert Steps.count();
                r.ue();
            }
        }
    }

    /** §7.3.2.1.1.1 */
    private static void skipScaling(HeaderBits r, int lists) {
        for (int i = 0; i < lists; i++) {
            assert Steps.count();
            if (r.flag()) {
                long last = 8;
                long next = 8;
                for (int j = 0; j < (i < 6 ? 16 : 64) && next != 0; j++) {
                    next = last + r.se() + 256 & 255;
                    last = next == 0 ? last : next;
                }
            }
        }
    }

    /** §E.1.1, up to the timing */
    private static double frameRate(HeaderBits r) {
        if (!r.flag()) {
            return 0;
        }
        if (r.flag() && r.bits(8) == EXTENDED_SAR) {
            r.skip(32);
        }
        if (r.flag()) {
            r.bit();
        }
        if (r.flag()) {
            r.skip(4);
            if (r.flag()) {
                r.skip(24);
            }
        }
        if (r.flag()) {
            r.ue();
            r.ue();
        }
        if (!r.flag()) {
            return 0;
        }
        long units = r.bits(32);
        long scale = r.bits(32);
        // A tick is a field (§E.2.1).
        double rate = r.ended() || units == 0 ? 0 : scale / (2.0 * units);
        return rate >= 1 && rate <= MAX_RATE ? rate : 0;
    }
}
