package dev.jvmrtc.codec.vp8;

import java.util.Arrays;

/** Chooses how a macroblock is predicted from its neighbours in the same picture. */
final class IntraChoice {
    /**
     * What coding blocks of 4x4 one by one costs more than their modes, in bits: their first coefficients are not coded
     * together.
     */
    private static final int BLOCKS_PENALTY = 24;

    private final FrameEncoder frame;
    private final Residue residue;
    private final IntraPrediction intra = new IntraPrediction();
    private final int[] blockModeCosts = new int[Modes.B_COUNT];
    /** The modes chosen last, in 256ths of a bit, roughly. */
    private int modeCost;

    IntraChoice(FrameEncoder frame, Residue residue) {
        this.frame = frame;
        this.residue = residue;
    }

    void startFrame() {
        Costs.ofTree(Modes.BLOCK_TREE, Modes.BLOCK, 0, blockModeCosts);
    }

    int modeCost() {
        return modeCost;
    }

    /**
     * Takes the best intra mode if it is better than {@code toBeat}; whether it did. The brightness of the target holds
     * rubbish after it.
     *
     * @param block the source, as {@link BlockDistance} takes it
     */
    boolean choose(Macroblock mb, long[] block, int row, int column, int toBeat) {
        Picture target = frame.target;
        int at = row * 16 * target.stride + column * 16;
        int best = Integer.MAX_VALUE;
        int mode = Modes.DC;
        for (int m = Modes.DC; m <= Modes.TRUE_MOTION; m++) {
            IntraPrediction.predict(target.y, target.stride, column * 16, row * 16, 16, m);
            int cost = BlockDistance.sad16(block, target.y, at, target.stride, best) + frame.worth(frame.yModeCosts[m]);
            if (cost < best) {
                best = cost;
                mode = m;
            }
        }
        int limit = Math.min(best, toBeat);
        modeCost = frame.yModeCosts[Modes.BLOCKS];
        int blocks = best > frame.goodEnough / 2 && best * 2L < toBeat * 3L
                ? codeBlocks(mb, row, column, limit)
                : Integer.MAX_VALUE;
        if (blocks >= limit) {
            residue.clear();
            if (best >= toBeat) {
                return false;
            }
            mb.mode = mode;
            Arrays.fill(mb.blockModes, (byte) Modes.asBlockMode(mode));
            modeCost = frame.yModeCosts[mode];
        } else {
            mb.mode = Modes.BLOCKS;
        }
        mb.reference = Modes.INTRA;
        mb.mv = 0;
        mb.uvMode = chooseUv(row, column);
        modeCost += 2 * Costs.BIT;
        return true;
    }

    private int chooseUv(int row, int column) {
        Picture source = frame.source;
        Picture target = frame.target;
        int stride = source.uvStride();
        int at = row * 8 * stride + column * 8;
        int best = Integer.MAX_VALUE;
        int mode = Modes.DC;
        for (int m = Modes.DC; m <= Modes.TRUE_MOTION; m++) {
            IntraPrediction.predict(target.u, stride, column * 8, row * 8, 8, m);
            IntraPrediction.predict(target.v, stride, column * 8, row * 8, 8, m);
            int cost = BlockDistance.sad8(source.u, at, stride, target.u, at, stride)
                    + BlockDistance.sad8(source.v, at, stride, target.v, at, stride)
                    + frame.worth((m == Modes.DC ? 1 : 3) * Costs.BIT);
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
        Picture source = frame.source;
        Picture target = frame.target;
        Macroblock above = frame.map.at(row - 1, column);
        Macroblock left = frame.map.at(row, column - 1);
        boolean keyFrame = frame.header.keyFrame;
        int stride = source.stride;
        int total = frame.worth(frame.yModeCosts[Modes.BLOCKS] + BLOCKS_PENALTY * Costs.BIT);
        intra.startBlocks(target.y, stride, column * 16, row * 16);
        for (int i = 0; i < 16; i++) {
            int x = column * 16 + (i & 3) * 4;
            int y = row * 16 + (i >> 2) * 4;
            int at = y * stride + x;
            int[] costs = blockModeCosts;
            if (keyFrame) {
                int a = i < 4 ? above.blockModes[i + 12] : mb.blockModes[i - 4];
                int l = (i & 3) == 0 ? left.blockModes[i + 3] : mb.blockModes[i - 1];
                costs = Costs.KEY_FRAME_BLOCK[a * Modes.B_COUNT + l];
            }
            int best = Integer.MAX_VALUE;
            int mode = 0;
            for (int m = 0; m < Modes.B_COUNT; m++) {
                int rate = frame.worth(costs[m]);
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
            residue.block(i, source, target, at);
        }
        return total;
    }
}
