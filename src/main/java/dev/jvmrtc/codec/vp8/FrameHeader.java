package dev.jvmrtc.codec.vp8;

import dev.jvmrtc.codec.vp8.Vp8FormatException.Reason;
import java.util.Arrays;

/**
 * What stands before the macroblocks of a frame (RFC 6386 §9, §19.2). One object lives as long as its decoder, since
 * segments and filter deltas last until they are changed or a key frame comes.
 */
final class FrameHeader {
    /** The frame tag, and of key frames start code and size. */
    static final int TAG_BYTES = 3;

    static final int KEY_FRAME_BYTES = 10;
    static final int SEGMENTS = 4;

    // The tag.
    boolean keyFrame;
    int version;
    boolean shown;
    int firstPartitionSize;
    int width;
    int height;

    // Segments.
    boolean segmentation;
    boolean updateSegmentMap;
    boolean segmentsAbsolute;
    final int[] segmentQuantizer = new int[SEGMENTS];
    final int[] segmentFilterLevel = new int[SEGMENTS];
    final int[] segmentProbabilities = new int[SEGMENTS - 1];

    // The loop filter.
    boolean simpleFilter;
    int filterLevel;
    int sharpness;
    boolean filterDeltas;
    final int[] referenceDeltas = new int[4];
    final int[] modeDeltas = new int[4];

    int partitions;

    // The quantizer.
    int quantizer;
    int y1DcDelta;
    int y2DcDelta;
    int y2AcDelta;
    int uvDcDelta;
    int uvAcDelta;

    // References. 0: not copied.
    boolean refreshGolden;
    boolean refreshAlternate;
    boolean refreshLast;
    /** 1: from last, 2: from alternate. */
    int copyToGolden;
    /** 1: from last, 2: from golden. */
    int copyToAlternate;

    final boolean[] signBias = new boolean[4];
    boolean refreshEntropy;

    boolean skipFlags;
    int skipProbability;
    int intraProbability;
    int lastProbability;
    int goldenProbability;

    /** The tag alone, and of a key frame the size. */
    void parseTag(byte[] d, int offset, int length) throws Vp8FormatException {
        if (length < TAG_BYTES) {
            throw new Vp8FormatException(Reason.TRUNCATED, "a frame of " + length + " bytes");
        }
        int tag = d[offset] & 0xFF | (d[offset + 1] & 0xFF) << 8 | (d[offset + 2] & 0xFF) << 16;
        keyFrame = (tag & 1) == 0;
        version = tag >> 1 & 7;
        shown = (tag >> 4 & 1) != 0;
        firstPartitionSize = tag >> 5;
        if (version > 3) {
            throw new Vp8FormatException(Reason.BAD_HEADER, "version " + version);
        }
        if (keyFrame) {
            if (length < KEY_FRAME_BYTES) {
                throw new Vp8FormatException(Reason.TRUNCATED, "a key frame of " + length + " bytes");
            }
            if ((d[offset + 3] & 0xFF) != 0x9D || d[offset + 4] != 0x01 || d[offset + 5] != 0x2A) {
                throw new Vp8FormatException(Reason.BAD_HEADER, "no start code");
            }
            // The two highest bits of each ask the player to scale; "the scaling ... does not affect the decoding".
            width = (d[offset + 6] & 0xFF | (d[offset + 7] & 0x3F) << 8);
            height = (d[offset + 8] & 0xFF | (d[offset + 9] & 0x3F) << 8);
            if (width == 0 || height == 0) {
                throw new Vp8FormatException(Reason.BAD_HEADER, "a picture of " + width + "x" + height);
            }
        }
    }

    /**
     * All that follows. {@code saved} takes the probabilities that hold again after this frame, where it says that its
     * own are not to last.
     */
    void parse(BoolDecoder b, EntropyState entropy, EntropyState saved) {
        if (keyFrame) {
            b.flag(); // colour space
            b.flag(); // whether clamping is needed: it is always done
            entropy.reset();
            clear(segmentQuantizer);
            clear(segmentFilterLevel);
            clear(referenceDeltas);
            clear(modeDeltas);
            segmentsAbsolute = false;
            signBias[Modes.GOLDEN] = false;
            signBias[Modes.ALTERNATE] = false;
        }
        parseSegments(b);
        simpleFilter = b.flag();
        filterLevel = b.literal(6);
        sharpness = b.literal(3);
        filterDeltas = b.flag();
        if (filterDeltas && b.flag()) {
            parseDeltas(b, referenceDeltas);
            parseDeltas(b, modeDeltas);
        }
        partitions = 1 << b.literal(2);
        quantizer = b.literal(7);
        y1DcDelta = b.optionalSigned(4);
        y2DcDelta = b.optionalSigned(4);
        y2AcDelta = b.optionalSigned(4);
        uvDcDelta = b.optionalSigned(4);
        uvAcDelta = b.optionalSigned(4);
        parseReferences(b);
        if (!refreshEntropy) {
            saved.set(entropy);
        }
        for (int i = 0; i < CoefficientProbabilities.SIZE; i++) {
            if (b.read(CoefficientProbabilities.UPDATE[i])) {
                entropy.coefficients[i] = b.literal(8);
            }
        }
        skipFlags = b.flag();
        skipProbability = skipFlags ? b.literal(8) : 0;
        if (!keyFrame) {
            parseInterProbabilities(b, entropy);
        }
    }

    private void parseSegments(BoolDecoder b) {
        updateSegmentMap = false;
        segmentation = b.flag();
        if (!segmentation) {
            return;
        }
        updateSegmentMap = b.flag();
        if (b.flag()) {
            segmentsAbsolute = b.flag();
            for (int i = 0; i < SEGMENTS; i++) {
                segmentQuantizer[i] = b.optionalSigned(7);
            }
            for (int i = 0; i < SEGMENTS; i++) {
                segmentFilterLevel[i] = b.optionalSigned(6);
            }
        }
        if (updateSegmentMap) {
            for (int i = 0; i < segmentProbabilities.length; i++) {
                segmentProbabilities[i] = b.flag() ? b.literal(8) : 255;
            }
        }
    }

    private static void parseDeltas(BoolDecoder b, int[] deltas) {
        for (int i = 0; i < deltas.length; i++) {
            if (b.flag()) {
                deltas[i] = b.signed(6);
            }
        }
    }

    private void parseReferences(BoolDecoder b) {
        if (keyFrame) {
            refreshGolden = true;
            refreshAlternate = true;
            refreshLast = true;
            copyToGolden = 0;
            copyToAlternate = 0;
            refreshEntropy = b.flag();
            return;
        }
        refreshGolden = b.flag();
        refreshAlternate = b.flag();
        copyToGolden = refreshGolden ? 0 : b.literal(2);
        copyToAlternate = refreshAlternate ? 0 : b.literal(2);
        signBias[Modes.GOLDEN] = b.flag();
        signBias[Modes.ALTERNATE] = b.flag();
        refreshEntropy = b.flag();
        refreshLast = b.flag();
    }

    private void parseInterProbabilities(BoolDecoder b, EntropyState entropy) {
        intraProbability = b.literal(8);
        lastProbability = b.literal(8);
        goldenProbability = b.literal(8);
        if (b.flag()) {
            for (int i = 0; i < entropy.y.length; i++) {
                entropy.y[i] = b.literal(8);
            }
        }
        if (b.flag()) {
            for (int i = 0; i < entropy.uv.length; i++) {
                entropy.uv[i] = b.literal(8);
            }
        }
        for (int i = 0; i < entropy.mv.length; i++) {
            if (b.read(Mv.UPDATE[i])) {
                int x = b.literal(7);
                entropy.mv[i] = x == 0 ? 1 : x << 1;
            }
        }
    }

    /** Of a segment, from 0 to 127. */
    int quantizerOf(int segment) {
        int q = quantizer;
        if (segmentation) {
            q = segmentsAbsolute ? segmentQuantizer[segment] : q + segmentQuantizer[segment];
        }
        return Quantizers.clampIndex(q);
    }

    /** How strongly a macroblock's edges are smoothed, from 0 to 63 (RFC 6386 §9.6, §15.2). */
    int filterLevelOf(Macroblock mb) {
        int level = filterLevel;
        if (segmentation) {
            level = clampLevel(
                    segmentsAbsolute ? segmentFilterLevel[mb.segment] : level + segmentFilterLevel[mb.segment]);
        }
        if (filterDeltas) {
            level += referenceDeltas[mb.reference];
            if (mb.reference == Modes.INTRA) {
                level += mb.mode == Modes.BLOCKS ? modeDeltas[0] : 0;
            } else {
                level += modeDeltas[mb.mode == Modes.ZERO_MV ? 1 : mb.mode == Modes.SPLIT_MV ? 3 : 2];
            }
            level = clampLevel(level);
        }
        return level;
    }

    private static int clampLevel(int level) {
        return Math.max(0, Math.min(63, level));
    }

    private static void clear(int[] a) {
        Arrays.fill(a, 0);
    }
}
