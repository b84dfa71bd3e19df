package dev.jvmrtc.codec.h264;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.media.codec.CodecException;
import java.util.Arrays;
import org.jcodec.codecs.h264.io.model.PictureParameterSet;
import org.jcodec.codecs.h264.io.model.SeqParameterSet;
import org.jcodec.common.model.ColorSpace;

/**
 * The parameter sets of a stream (H.264 §7.3.2), read and held to the ranges of §7.4.2 by ourselves: JCodec believes
 * every number in them, and allocates and loops by it. It is only given what was found good.
 */
final class ParameterSets {
    private static final int BASELINE = 66;
    private static final int MAIN = 77;
    private static final int HIGH = 100;
    private static final int MAX_SPS = 32;
    private static final int MAX_PPS = 256;
    /**
     * MaxDpbMbs of level 5.1 (table A-1): macroblocks of all the pictures together that are kept to predict others
     * from.
     */
    static final int MAX_REFERENCE_MACROBLOCKS = 184_320;
    /** §A.3.1: a picture is at most the root of eight times its largest area wide, and high. */
    private static final int LONGEST_SIDE = 8;

    private static final int MACROBLOCK = 16;
    /** JCodec's own tables count frames by their numbers, of which we give it few (see {@link PictureDecoder}). */
    static final int FRAME_NUMBER_BITS = 5;

    /** A sequence parameter set: what we use of it, and what JCodec is given. */
    record Sequence(
            byte[] raw,
            SeqParameterSet forDecoder,
            int frameNumberBits,
            int pictureOrderType,
            int pictureOrderBits,
            boolean deltaAlwaysZero,
            int maxReferences,
            boolean gapsAllowed) {

        int macroblocks() {
            return (forDecoder.picWidthInMbsMinus1 + 1) * (forDecoder.picHeightInMapUnitsMinus1 + 1);
        }
    }

    /** A picture parameter set. */
    record Pictures(PictureParameterSet forDecoder, int sequenceId) {}

    private final Sequence[] sequences = new Sequence[MAX_SPS];
    private final Pictures[] pictures = new Pictures[MAX_PPS];
    private final long maxPixels;

    ParameterSets(long maxPixels) {
        this.maxPixels = maxPixels;
    }

    Pictures pictures(int id) throws CodecException {
        if (pictures[id] == null) {
            throw Refusal.noParameterSets();
        }
        return pictures[id];
    }

    Sequence sequence(Pictures p) throws CodecException {
        if (sequences[p.sequenceId] == null) {
            throw Refusal.noParameterSets();
        }
        return sequences[p.sequenceId];
    }

    /** A set that comes again as it was stays the same object. */
    void addSequence(Rbsp r) throws CodecException {
        SeqParameterSet s = new SeqParameterSet();
        s.profileIdc = r.bits(8);
        r.bits(8); // constraint flags: what matters is seen where it is used
        s.levelIdc = r.bits(8);
        s.seqParameterSetId = r.ue(MAX_SPS - 1);
        s.chromaFormatIdc = ColorSpace.YUV420J;
        if (s.profileIdc == HIGH) {
            readHigh(r, s);
        } else if (s.profileIdc != BASELINE && s.profileIdc != MAIN) {
            throw Refusal.unsupported();
        }
        int frameNumberBits = r.ue(12) + 4;
        s.log2MaxFrameNumMinus4 = FRAME_NUMBER_BITS - 4;
        int type = r.ue(2);
        int orderBits = type == 0 ? r.ue(12) + 4 : 0;
        boolean alwaysZero = type == 1 && readOrderCycle(r);
        // Only pictures that are shown in the order of decoding are decoded, so that it is of no use.
        s.picOrderCntType = 2;
        s.numRefFrames = r.ue(16);
        boolean gaps = r.flag();
        readSize(r, s);
        // What follows (VUI) tells players how to show frames, and is not read.
        if (r.flag() && !r.hasMore()) {
            throw Refusal.malformed();
        }
        byte[] raw = r.bytes();
        Sequence known = sequences[s.seqParameterSetId];
        if (known == null || !Arrays.equals(known.raw, raw)) {
            sequences[s.seqParameterSetId] =
                    new Sequence(raw, s, frameNumberBits, type, orderBits, alwaysZero, s.numRefFrames, gaps);
        }
    }

    private static void readHigh(Rbsp r, SeqParameterSet s) throws CodecException {
        // 4:2:0, 8 bits, no lossless mode.
        if (r.ue(3) != 1 || r.ue(6) != 0 || r.ue(6) != 0 || r.flag()) {
            throw Refusal.unsupported();
        }
        if (r.flag()) {
            s.scalingMatrix = readScalingLists(r, 8);
        }
    }

    /** §7.3.2.1.1.1. */
    private static int[][] readScalingLists(Rbsp r, int count) throws CodecException {
        int[][] lists = new int[8][];
        for (int i = 0; i < count; i++) {
            if (!r.flag()) {
                continue;
            }
            int[] list = new int[i < 6 ? 16 : 64];
            int last = 8;
            int next = 8;
            for (int j = 0; j < list.length; j++) {
                assert Steps.count();
                if (next != 0) {
                    next = last + r.se(-128, 127) + 256 & 255;
                    if (j == 0 && next == 0) {
                        list = null; // the default list
                        break;
                    }
                }
                last = next == 0 ? last : next;
                list[j] = last;
            }
            lists[i] = list;
        }
        return lists;
    }

    /** Pictures counted by a cycle of up to 255 (§7.4.2.1.1): nothing of it is used. */
    private static boolean readOrderCycle(Rbsp r) throws CodecException {
        boolean alwaysZero = r.flag();
        r.se(Integer.MIN_VALUE + 1, Integer.MAX_VALUE);
        r.se(Integer.MIN_VALUE + 1, Integer.MAX_VALUE);
        for (int n = r.ue(255); n > 0; n--) {
            assert Steps.count();
            r.se(Integer.MIN_VALUE + 1, Integer.MAX_VALUE);
        }
        return alwaysZero;
    }

    private void readSize(Rbsp r, SeqParameterSet s) throws CodecException {
        long columns = r.ue(1 << 20) + 1L;
        long rows = r.ue(1 << 20) + 1L;
        long most = (maxPixels + MACROBLOCK * MACROBLOCK - 1) / (MACROBLOCK * MACROBLOCK);
        if (columns * columns > LONGEST_SIDE * most || rows * rows > LONGEST_SIDE * most) {
            throw Refusal.tooLarge();
        }
        if (columns * rows * s.numRefFrames > Math.max(MAX_REFERENCE_MACROBLOCKS, columns * rows)) {
            throw Refusal.tooLarge();
        }
        s.picWidthInMbsMinus1 = (int) columns - 1;
        s.picHeightInMapUnitsMinus1 = (int) rows - 1;
        s.frameMbsOnlyFlag = r.flag();
        if (!s.frameMbsOnlyFlag) {
            throw Refusal.unsupported(); // fields
        }
        s.direct8x8InferenceFlag = r.flag();
        s.frameCroppingFlag = r.flag();
        if (s.frameCroppingFlag) {
            s.frameCropLeftOffset = r.ue((int) columns * 8 - 1);
            s.frameCropRightOffset = r.ue((int) columns * 8 - 1 - s.frameCropLeftOffset);
            s.frameCropTopOffset = r.ue((int) rows * 8 - 1);
            s.frameCropBottomOffset = r.ue((int) rows * 8 - 1 - s.frameCropTopOffset);
        }
        if (pixels(s) > maxPixels) {
            throw Refusal.tooLarge();
        }
    }

    /**
     * Of the picture that is shown, where only its last macroblocks are cropped (1080 lines are 68 macroblocks but for
     * 8 lines). More than these is decoded in vain, and counts too.
     */
    private static long pixels(SeqParameterSet s) {
        long width = (s.picWidthInMbsMinus1 + 1L) * MACROBLOCK;
        long height = (s.picHeightInMapUnitsMinus1 + 1L) * MACROBLOCK;
        int across = 2 * (s.frameCropLeftOffset + s.frameCropRightOffset);
        int down = 2 * (s.frameCropTopOffset + s.frameCropBottomOffset);
        return across < MACROBLOCK && down < MACROBLOCK ? (width - across) * (height - down) : width * height;
    }

    void addPictures(Rbsp r) throws CodecException {
        PictureParameterSet p = new PictureParameterSet();
        p.picParameterSetId = r.ue(MAX_PPS - 1);
        p.seqParameterSetId = r.ue(MAX_SPS - 1);
        p.entropyCodingModeFlag = r.flag();
        p.picOrderPresentFlag = r.flag();
        if (r.ue(7) != 0) {
            throw Refusal.unsupported(); // slice groups
        }
        p.numRefIdxActiveMinus1 = new int[] {r.ue(31), r.ue(31)};
        p.weightedPredFlag = r.flag();
        p.weightedBipredIdc = r.bits(2);
        p.picInitQpMinus26 = r.se(-26, 25);
        p.picInitQsMinus26 = r.se(-26, 25);
        p.chromaQpIndexOffset = r.se(-12, 12);
        p.deblockingFilterControlPresentFlag = r.flag();
        p.constrainedIntraPredFlag = r.flag();
        p.redundantPicCntPresentFlag = r.flag();
        if (p.weightedBipredIdc > 2) {
            throw Refusal.malformed();
        }
        if (p.constrainedIntraPredFlag) {
            throw Refusal.unsupported(); // by JCodec
        }
        if (r.hasMore()) {
            p.extended = new PictureParameterSet.PPSExt();
            p.extended.transform8x8ModeFlag = r.flag();
            if (r.flag()) {
                p.extended.scalingMatrix = readScalingLists(r, p.extended.transform8x8ModeFlag ? 8 : 6);
            }
            p.extended.secondChromaQpIndexOffset = r.se(-12, 12);
        }
        pictures[p.picParameterSetId] = new Pictures(p, p.seqParameterSetId);
    }
}
