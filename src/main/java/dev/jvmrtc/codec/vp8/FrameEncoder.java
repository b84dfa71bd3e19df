package dev.jvmrtc.codec.vp8;

/**
 * Chooses how each macroblock of a frame is predicted, and makes its coefficients. A frame may be encoded again with
 * another quantizer; nothing lasts but what {@link StreamWriter} writes.
 */
final class FrameEncoder {
    /**
     * What a bit is worth in sums of absolute differences, as a share of the quantizer's step. Found by trial over the
     * clips of the benchmark.
     */
    private static final double LAMBDA = 0.14;
    /**
     * A prediction this near, in quantizer steps per macroblock, leaves nothing to code: nothing better is looked for.
     */
    private static final int GOOD_ENOUGH = 4;
    /**
     * What coding blocks of 4x4 one by one costs more than their modes, in bits: their first coefficients are not coded
     * together.
     */
    private static final int BLOCKS_PENALTY = 24;
    /** What intra macroblocks in inter frames cost more than their modes, in bits. */
    private static final int INTRA_PENALTY = 40;

    final FrameHeader header;
    final MacroblockMap map;
    final Tokens tokens = new Tokens();
    private final EntropyState entropy;
    private final Coefficients coefficients;
    private final Quantizer quantizer = new Quantizer();
    private final Reconstruction reconstruction = new Reconstruction();
    private final IntraPrediction intra = new IntraPrediction();
    private final MotionSearch motion = new MotionSearch();
    private final Mv.Candidates candidates = new Mv.Candidates();
    private final int[] work = new int[16];
    private final short[] block = new short[16];
    private final int[] starts = new int[8];
    private final int[] referenceModeCosts = new int[10];
    private final int[] yModeCosts = new int[5];
    private final int[] blockModeCosts = new int[Modes.B_COUNT];
    /** Whether macroblocks may be predicted from the golden frame. */
    boolean golden;

    private int lambda;
    private Picture source;
    private Picture target;
    private References references;
    /** The modes of a frame, in 256ths of a bit, roughly. */
    private long modeCost;

    FrameEncoder(FrameHeader header, EntropyState entropy, int rows, int columns) {
        this.header = header;
        this.entropy = entropy;
        map = new MacroblockMap(rows, columns);
        coefficients = new Coefficients(columns);
    }

    /** How many bits the frame takes, near enough. {@code header} says which kind it is and how fine. */
    long encode(Picture from, Picture to, References refs) {
        source = from;
        target = to;
        references = refs;
        modeCost = 0;
        quantizer.set(header.quantizer, header.keyFrame);
        lambda = (int) (quantizer.acStep() * LAMBDA * 256);
        Costs.ofTree(
                header.keyFrame ? Modes.KEY_FRAME_Y_TREE : Modes.Y_TREE,
                header.keyFrame ? Modes.KEY_FRAME_Y : entropy.y,
                0,
                yModeCosts);
        Costs.ofTree(Modes.BLOCK_TREE, Modes.BLOCK, 0, blockModeCosts);
        motion.startFrame(entropy.mv);
        reconstruction.startFrame(header.version);
        tokens.start();
        coefficients.startFrame();
        for (int row = 0; row < map.rows; row++) {
            coefficients.startRow();
            for (int column = 0; column < map.columns; column++) {
                encodeMacroblock(row, column);
            }
        }
        return (tokens.cost(entropy.coefficients) + modeCost) / Costs.BIT;
    }

    private void encodeMacroblock(int row, int column) {
        Macroblock mb = map.at(row, column);
        mb.segment = 0;
        mb.skip = false;
        if (header.keyFrame) {
            chooseIntra(mb, row, column, Integer.MAX_VALUE);
        } else {
            chooseInter(mb, row, column);
        }
        reconstruction.predict(mb, references.get(mb.reference), target, row, column);
        if (mb.mode == Modes.ZERO_MV && isAsGoodAsNew(row, column)) {
            skip(mb, column);
            return;
        }
        boolean any = mb.mode == Modes.BLOCKS ? anyEnd(0, 16) : quantizeBrightness(mb, row, column);
        any |= quantizeColour(16, source.u, target.u, row, column);
        any |= quantizeColour(20, source.v, target.v, row, column);
        if (!any) {
            clearValues();
            skip(mb, column);
            return;
        }
        tokens.add(coefficients, column, mb.hasY2());
        dequantize(mb);
        reconstruction.add(mb, coefficients, target, row, column);
    }

    private void skip(Macroblock mb, int column) {
        mb.skip = true;
        coefficients.skip(column, mb.hasY2());
    }

    /**
     * Whether what was shown before differs from the source by less than one step of brightness: coding the rest would
     * only chase rounding errors.
     */
    private boolean isAsGoodAsNew(int row, int column) {
        int at = row * 16 * source.stride + column * 16;
        int uv = row * 8 * source.uvStride() + column * 8;
        return BlockDistance.sad16(source.y, at, source.stride, target.y, at, target.stride, 256) < 256
                && BlockDistance.sad8(source.u, uv, source.uvStride(), target.u, uv, target.uvStride()) < 64
                && BlockDistance.sad8(source.v, uv, source.uvStride(), target.v, uv, target.uvStride()) < 64;
    }

    private boolean anyEnd(int from, int to) {
        for (int i = from; i < to; i++) {
            if (coefficients.ends[i] > 0) {
                return true;
            }
        }
        return false;
    }

    private void clearValues() {
        java.util.Arrays.fill(coefficients.values, (short) 0);
    }

    private boolean quantizeBrightness(Macroblock mb, int row, int column) {
        short[] c = coefficients.values;
        int stride = source.stride;
        int at = row * 16 * stride + column * 16;
        boolean y2 = mb.hasY2();
        for (int i = 0; i < 16; i++) {
            int p = at + (i >> 2) * 4 * stride + (i & 3) * 4;
            Transform.forwardDct(source.y, p, stride, target.y, p, stride, work, c, i * 16);
        }
        if (y2) {
            Transform.forwardWalsh(c, Coefficients.Y2 * 16, work);
        }
        boolean any = false;
        for (int i = 0; i < 16; i++) {
            int end = quantizer.quantize(c, i * 16, Quantizer.Y1, y2 ? 1 : 0);
            if (y2) {
                c[i * 16] = 0;
            }
            coefficients.ends[i] = (byte) end;
            any |= end > 0;
        }
        if (any && mb.reference != Modes.INTRA && isNegligible(0, 16)) {
            any = false;
        }
        coefficients.ends[Coefficients.Y2] = 0;
        if (y2) {
            int end = quantizer.quantize(c, Coefficients.Y2 * 16, Quantizer.Y2, 0);
            coefficients.ends[Coefficients.Y2] = (byte) end;
            any |= end > 0;
        }
        return any;
    }

    /**
     * A few lone ones far out cost more bits than they are worth: blocks that hold nothing else are emptied. Whether
     * nothing is left.
     */
    private boolean isNegligible(int from, int to) {
        short[] c = coefficients.values;
        int score = 0;
        for (int i = from; i < to; i++) {
            int run = 0;
            for (int k = 0; k < coefficients.ends[i]; k++) {
                int v = c[i * 16 + Coefficients.ZIGZAG[k]];
                if (v == 0) {
                    run++;
                } else if (Math.abs(v) > 1) {
                    return false;
                } else {
                    score += run < 1 ? 3 : run < 3 ? 2 : run < 6 ? 1 : 0;
                    run = 0;
                }
            }
            if (score > 3) {
                return false;
            }
        }
        for (int i = from; i < to; i++) {
            coefficients.ends[i] = 0;
            java.util.Arrays.fill(c, i * 16, i * 16 + 16, (short) 0);
        }
        return true;
    }

    private boolean quantizeColour(int first, byte[] from, byte[] to, int row, int column) {
        int stride = source.uvStride();
        int at = row * 8 * stride + column * 8;
        boolean any = false;
        for (int i = 0; i < 4; i++) {
            int p = at + (i >> 1) * 4 * stride + (i & 1) * 4;
            int v = (first + i) * 16;
            Transform.forwardDct(from, p, stride, to, p, stride, work, coefficients.values, v);
            int end = quantizer.quantize(coefficients.values, v, Quantizer.UV, 0);
            coefficients.ends[first + i] = (byte) end;
            any |= end > 0;
        }
        return any;
    }

    private void dequantize(Macroblock mb) {
        short[] c = coefficients.values;
        if (mb.mode == Modes.BLOCKS) {
            java.util.Arrays.fill(c, 0, 256, (short) 0); // these are in the picture already
        } else {
            for (int i = 0; i < 16; i++) {
                if (coefficients.ends[i] > 0) {
                    quantizer.dequantize(c, i * 16, Quantizer.Y1, mb.hasY2() ? 1 : 0);
                }
            }
            if (coefficients.ends[Coefficients.Y2] > 0) {
                quantizer.dequantize(c, Coefficients.Y2 * 16, Quantizer.Y2, 0);
            }
        }
        for (int i = 16; i < Coefficients.Y2; i++) {
            if (coefficients.ends[i] > 0) {
                quantizer.dequantize(c, i * 16, Quantizer.UV, 0);
            }
        }
    }

    private int worth(int cost) {
        return (int) ((long) lambda * cost >> 16);
    }

    // -- intra
    // -----------------------------------------------------------------------------------------------------------------------------------------------

    /**
     * Takes the best intra mode if it is better than {@code toBeat}; whether it did. The brightness of {@link #target}
     * holds rubbish after it.
     */
    private boolean chooseIntra(Macroblock mb, int row, int column, int toBeat) {
        int at = row * 16 * source.stride + column * 16;
        int best = Integer.MAX_VALUE;
        int mode = Modes.DC;
        for (int m = Modes.DC; m <= Modes.TRUE_MOTION; m++) {
            IntraPrediction.predict(target.y, target.stride, column * 16, row * 16, 16, m);
            int cost = BlockDistance.sad16(source.y, at, source.stride, target.y, at, target.stride, best)
                    + worth(yModeCosts[m]);
            if (cost < best) {
                best = cost;
                mode = m;
            }
        }
        int limit = Math.min(best, toBeat);
        int blocks = best > quantizer.acStep() * GOOD_ENOUGH / 2 && best * 2L < toBeat * 3L
                ? codeBlocks(mb, row, column, limit)
                : Integer.MAX_VALUE;
        if (blocks >= limit) {
            clearValues();
            if (best >= toBeat) {
                return false;
            }
            mb.mode = mode;
            java.util.Arrays.fill(mb.blockModes, (byte) Modes.asBlockMode(mode));
            modeCost += yModeCosts[mode];
        } else {
            mb.mode = Modes.BLOCKS;
            modeCost += yModeCosts[Modes.BLOCKS];
        }
        mb.reference = Modes.INTRA;
        mb.mv = 0;
        mb.uvMode = chooseUv(row, column);
        modeCost += 2 * Costs.BIT;
        return true;
    }

    private int chooseUv(int row, int column) {
        int stride = source.uvStride();
        int at = row * 8 * stride + column * 8;
        int best = Integer.MAX_VALUE;
        int mode = Modes.DC;
        for (int m = Modes.DC; m <= Modes.TRUE_MOTION; m++) {
            IntraPrediction.predict(target.u, stride, column * 8, row * 8, 8, m);
            IntraPrediction.predict(target.v, stride, column * 8, row * 8, 8, m);
            int cost = BlockDistance.sad8(source.u, at, stride, target.u, at, stride)
                    + BlockDistance.sad8(source.v, at, stride, target.v, at, stride)
                    + worth((m == Modes.DC ? 1 : 3) * Costs.BIT);
            if (cost < best) {
                best = cost;
                mode = m;
            }
        }
        return mode;
    }

    /**
     * Codes the brightness block by block, each with the mode that suits it best. What it costs, or a number not below
     * {@code limit} as soon as that is reached. The quantized coefficients stay, and what a decoder makes of them is in
     * the picture.
     */
    private int codeBlocks(Macroblock mb, int row, int column, int limit) {
        Macroblock above = map.at(row - 1, column);
        Macroblock left = map.at(row, column - 1);
        int stride = source.stride;
        int total = worth(yModeCosts[Modes.BLOCKS] + BLOCKS_PENALTY * Costs.BIT);
        intra.startBlocks(target.y, stride, column * 16, row * 16);
        for (int i = 0; i < 16; i++) {
            int x = column * 16 + (i & 3) * 4;
            int y = row * 16 + (i >> 2) * 4;
            int at = y * stride + x;
            if (header.keyFrame) {
                int a = i < 4 ? above.blockModes[i + 12] : mb.blockModes[i - 4];
                int l = (i & 3) == 0 ? left.blockModes[i + 3] : mb.blockModes[i - 1];
                Costs.ofTree(Modes.BLOCK_TREE, Modes.KEY_FRAME_BLOCK, Modes.keyFrameBlock(a, l), blockModeCosts);
            }
            int best = Integer.MAX_VALUE;
            int mode = 0;
            for (int m = 0; m < Modes.B_COUNT; m++) {
                int rate = worth(blockModeCosts[m]);
                if (rate < best) {
                    intra.predictBlock(target.y, stride, x, y, (i & 3) == 3, m);
                    int cost = rate + BlockDistance.sad4(source.y, at, stride, target.y, at, stride);
                    if (cost < best) {
                        best = cost;
                        mode = m;
                    }
                }
            }
            total += best;
            if (total >= limit) {
                return total;
            }
            mb.blockModes[i] = (byte) mode;
            modeCost += 2 * Costs.BIT;
            intra.predictBlock(target.y, stride, x, y, (i & 3) == 3, mode);
            codeBlock(i, at);
        }
        return total;
    }

    private void codeBlock(int i, int at) {
        short[] c = coefficients.values;
        Transform.forwardDct(source.y, at, source.stride, target.y, at, target.stride, work, c, i * 16);
        int end = quantizer.quantize(c, i * 16, Quantizer.Y1, 0);
        coefficients.ends[i] = (byte) end;
        if (end > 0) {
            System.arraycopy(c, i * 16, block, 0, 16);
            quantizer.dequantize(block, 0, Quantizer.Y1, 0);
            Transform.inverseDctAdd(block, 0, work, target.y, at, target.stride);
        }
    }

    // -- inter
    // -----------------------------------------------------------------------------------------------------------------------------------------------

    private void chooseInter(Macroblock mb, int row, int column) {
        Macroblock above = map.at(row - 1, column);
        Macroblock left = map.at(row, column - 1);
        Macroblock aboveLeft = map.at(row - 1, column - 1);
        int x = column * 16;
        int y = row * 16;
        int at = y * source.stride + x;
        int previousMv = mb.reference == Modes.LAST ? mb.mv : 0; // of the frame before
        int goodEnough = quantizer.acStep() * GOOD_ENOUGH;
        candidates.find(above, left, aboveLeft, Modes.LAST, header.signBias);
        Costs.ofTree(Modes.REFERENCE_MODE_TREE, candidates.probabilities, 0, referenceModeCosts);
        motion.startBlock(source.y, at, references.get(Modes.LAST), x, y, lambda);
        int distance = motion.distance(0, Integer.MAX_VALUE);
        int best = distance + worth(referenceModeCosts[Modes.ZERO_MV]);
        set(mb, Modes.LAST, Modes.ZERO_MV, 0);
        int nearest = Mv.clamp(candidates.nearest(), row, column, map.rows, map.columns);
        int near = Mv.clamp(candidates.near(), row, column, map.rows, map.columns);
        int bestMv = Mv.clamp(candidates.best(), row, column, map.rows, map.columns);
        if (distance > goodEnough / 2) {
            if (nearest != 0) {
                int cost = motion.distance(nearest, best) + worth(referenceModeCosts[Modes.NEAREST_MV]);
                if (cost < best) {
                    best = cost;
                    set(mb, Modes.LAST, Modes.NEAREST_MV, nearest);
                }
            }
            if (near != 0 && near != nearest) {
                int cost = motion.distance(near, best) + worth(referenceModeCosts[Modes.NEAR_MV]);
                if (cost < best) {
                    best = cost;
                    set(mb, Modes.LAST, Modes.NEAR_MV, near);
                }
            }
        }
        if (best > goodEnough) {
            int n = 0;
            starts[n++] = 0;
            starts[n++] = bestMv;
            if (nearest != bestMv) {
                starts[n++] = nearest;
            }
            if (near != 0) {
                starts[n++] = near;
            }
            if (previousMv != 0) {
                starts[n++] = previousMv;
            }
            motion.search(starts, n, bestMv);
            int mv = motion.bestMv();
            int cost = motion.bestDistance() + worth(motion.costOf(mv, bestMv) + referenceModeCosts[Modes.NEW_MV]);
            if (cost < best && mv != 0 && mv != nearest && mv != near) {
                best = cost;
                set(mb, Modes.LAST, Modes.NEW_MV, mv);
            }
            Picture older = references.get(Modes.GOLDEN);
            if (golden && older != references.get(Modes.LAST)) {
                cost = BlockDistance.sad16(source.y, at, source.stride, older.y, at, older.stride, best)
                        + worth(4 * Costs.BIT);
                if (cost < best) {
                    best = cost;
                    set(mb, Modes.GOLDEN, Modes.ZERO_MV, 0);
                }
            }
            if (best > 2 * goodEnough && chooseIntra(mb, row, column, best - worth(INTRA_PENALTY * Costs.BIT))) {
                return;
            }
        }
        modeCost += referenceModeCosts[mb.mode] + (mb.mode == Modes.NEW_MV ? motion.costOf(mb.mv, bestMv) : 0);
    }

    private static void set(Macroblock mb, int reference, int mode, int mv) {
        mb.reference = reference;
        mb.mode = mode;
        mb.mv = mv;
    }
}
