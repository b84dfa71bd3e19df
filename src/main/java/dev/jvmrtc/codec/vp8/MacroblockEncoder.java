package dev.jvmrtc.codec.vp8;

/** Chooses how macroblocks are predicted and makes their coefficients; what one of those that share a frame needs. */
final class MacroblockEncoder {
    /** What intra macroblocks in inter frames cost more than their modes, in bits. */
    private static final int INTRA_PENALTY = 40;

    private final FrameEncoder frame;
    private final Coefficients coefficients;
    private final Residue residue;
    private final Reconstruction reconstruction = new Reconstruction();
    private final IntraChoice intra;
    private final MotionSearch motion = new MotionSearch();
    private final Mv.Candidates candidates = new Mv.Candidates();
    private final int[] starts = new int[5];
    /** The modes of what was encoded, in 256ths of a bit, roughly. */
    private long modeCost;
    /** The sum of distances from predictions, with what these cost. */
    private long distances;

    /** @param above of the coefficients of the row before, shared by all that encode a frame */
    MacroblockEncoder(FrameEncoder frame, byte[] above) {
        this.frame = frame;
        coefficients = new Coefficients(above);
        residue = new Residue(coefficients, frame.quantizer);
        intra = new IntraChoice(frame, residue);
    }

    void startFrame() {
        modeCost = 0;
        distances = 0;
        reconstruction.startFrame(frame.header.version);
        motion.startFrame(frame.mvCosts, frame.lambda);
        intra.startFrame();
    }

    long modeCost() {
        return modeCost;
    }

    long distances() {
        return distances;
    }

    void startRow() {
        coefficients.startRow();
    }

    void encode(int row, int column, Tokens tokens) {
        Picture source = frame.source;
        Picture target = frame.target;
        Macroblock mb = frame.map.at(row, column);
        mb.segment = 0;
        mb.skip = false;
        motion.startBlock(source, frame.references.get(Modes.LAST), column * 16, row * 16);
        if (frame.header.keyFrame) {
            intra.choose(mb, motion.block, row, column, Integer.MAX_VALUE);
            modeCost += intra.modeCost();
        } else {
            chooseInter(mb, row, column);
        }
        reconstruction.predict(mb, frame.references.get(mb.reference), target, row, column);
        if (mb.mode == Modes.ZERO_MV && isAsGoodAsNew(row, column)) {
            skip(mb, column);
            return;
        }
        boolean any = mb.mode == Modes.BLOCKS
                ? residue.hasBrightness()
                : residue.brightness(source, target, row, column, mb.reference != Modes.INTRA);
        any |= residue.colour(16, source.u, target.u, source.uvStride(), row, column);
        any |= residue.colour(20, source.v, target.v, source.uvStride(), row, column);
        if (!any) {
            residue.clear();
            skip(mb, column);
            return;
        }
        tokens.add(coefficients, column, mb.hasY2());
        residue.dequantize(mb);
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
        Picture source = frame.source;
        Picture target = frame.target;
        int stride = source.uvStride();
        int uv = row * 8 * stride + column * 8;
        return motion.distanceFrom(target, 256) < 256
                && BlockDistance.sad8(source.u, uv, stride, target.u, uv, stride) < 64
                && BlockDistance.sad8(source.v, uv, stride, target.v, uv, stride) < 64;
    }

    private void chooseInter(Macroblock mb, int row, int column) {
        MacroblockMap map = frame.map;
        int previousMv = mb.reference == Modes.LAST ? mb.mv : 0; // of the frame before
        int goodEnough = frame.goodEnough;
        candidates.find(
                map.at(row - 1, column),
                map.at(row, column - 1),
                map.at(row - 1, column - 1),
                Modes.LAST,
                frame.header.signBias);
        int distance = motion.distance(0, Integer.MAX_VALUE);
        int best = distance + worth(Modes.ZERO_MV);
        set(mb, Modes.LAST, Modes.ZERO_MV, 0);
        int nearest = Mv.clamp(candidates.nearest(), row, column, map.rows, map.columns);
        int near = Mv.clamp(candidates.near(), row, column, map.rows, map.columns);
        int bestMv = Mv.clamp(candidates.best(), row, column, map.rows, map.columns);
        if (distance > goodEnough / 2) {
            if (nearest != 0) {
                int cost = motion.distance(nearest, best) + worth(Modes.NEAREST_MV);
                if (cost < best) {
                    best = cost;
                    set(mb, Modes.LAST, Modes.NEAREST_MV, nearest);
                }
            }
            if (near != 0 && near != nearest) {
                int cost = motion.distance(near, best) + worth(Modes.NEAR_MV);
                if (cost < best) {
                    best = cost;
                    set(mb, Modes.LAST, Modes.NEAR_MV, near);
                }
            }
        }
        if (best > goodEnough) {
            int count = starts(bestMv, nearest, near, previousMv);
            motion.search(starts, count, bestMv, frame.usualDistance, goodEnough / 2);
            int mv = motion.bestMv();
            int cost = motion.bestCost() + worth(Modes.NEW_MV);
            if (cost < best && mv != 0 && mv != nearest && mv != near) {
                best = cost;
                set(mb, Modes.LAST, Modes.NEW_MV, mv);
            }
            Picture older = frame.references.get(Modes.GOLDEN);
            if (frame.golden && older != frame.references.get(Modes.LAST)) {
                cost = motion.distanceFrom(older, best) + frame.worth(4 * Costs.BIT);
                if (cost < best) {
                    best = cost;
                    set(mb, Modes.GOLDEN, Modes.ZERO_MV, 0);
                }
            }
            if (best > 2 * goodEnough
                    && mayBeNew(best)
                    && intra.choose(mb, motion.block, row, column, best - frame.worth(INTRA_PENALTY * Costs.BIT))) {
                modeCost += intra.modeCost();
                return;
            }
        }
        distances += best;
        modeCost += candidates.costOf(mb.mode) + (mb.mode == Modes.NEW_MV ? frame.mvCosts.of(mb.mv, bestMv) : 0);
    }

    /**
     * Whether it is worth asking if a macroblock is new in this picture: it is found less well than most were in the
     * one before, or little better than by its own average.
     */
    private boolean mayBeNew(int distance) {
        int texture = BlockDistance.texture(motion.block);
        return distance > texture || distance > 2 * frame.usualDistance && distance > texture / 2;
    }

    /** Where to search from, in whole pixels and each but once; how many there are. */
    private int starts(int bestMv, int nearest, int near, int previousMv) {
        starts[0] = 0;
        int n = addStart(1, bestMv);
        n = addStart(n, nearest);
        n = addStart(n, near);
        return addStart(n, previousMv);
    }

    private int addStart(int n, int mv) {
        int whole = Mv.of(Mv.row(mv) + 4 & ~7, Mv.column(mv) + 4 & ~7);
        for (int i = 0; i < n; i++) {
            if (starts[i] == whole) {
                return n;
            }
        }
        starts[n] = whole;
        return n + 1;
    }

    private int worth(int mode) {
        return frame.worth(candidates.costOf(mode));
    }

    private static void set(Macroblock mb, int reference, int mode, int mv) {
        mb.reference = reference;
        mb.mode = mode;
        mb.mv = mv;
    }
}
