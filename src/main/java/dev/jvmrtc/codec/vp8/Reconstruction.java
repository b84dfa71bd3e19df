package dev.jvmrtc.codec.vp8;

import java.util.Arrays;

/**
 * Makes pixels of a macroblock's prediction and coefficients (RFC 6386 §14.5). Decoder and encoder share it, so that
 * both see the same picture.
 */
final class Reconstruction {
    private final IntraPrediction intra = new IntraPrediction();
    private final InterPrediction inter = new InterPrediction();
    private final int[] work = new int[16];

    void startFrame(int version) {
        inter.setVersion(version);
    }

    /** {@code reference} is not looked at where the macroblock is intra. Leaves the coefficients zero. */
    void predictAndAdd(Macroblock mb, Picture reference, Coefficients c, Picture p, int row, int column) {
        predict(mb, reference, p, row, column);
        if (mb.mode == Modes.BLOCKS) {
            predictAndAddBlocks(mb, c, p, column * 16, row * 16);
        }
        if (!mb.skip) {
            add(mb, c, p, row, column);
        }
    }

    /** All but the brightness of macroblocks whose blocks are predicted one by one. */
    void predict(Macroblock mb, Picture reference, Picture p, int row, int column) {
        if (mb.reference != Modes.INTRA) {
            inter.predict(reference, mb, p, row, column);
            return;
        }
        IntraPrediction.predict(p.u, p.uvStride(), column * 8, row * 8, 8, mb.uvMode);
        IntraPrediction.predict(p.v, p.uvStride(), column * 8, row * 8, 8, mb.uvMode);
        if (mb.mode != Modes.BLOCKS) {
            IntraPrediction.predict(p.y, p.stride, column * 16, row * 16, 16, mb.mode);
        }
    }

    /** What was left to add to {@link #predict}. Leaves the coefficients zero. */
    void add(Macroblock mb, Coefficients c, Picture p, int row, int column) {
        if (mb.mode != Modes.BLOCKS) {
            addBrightness(mb, c, p, column * 16, row * 16);
        }
        addColour(c, 16, p.u, p.uvStride(), column * 8, row * 8);
        addColour(c, 20, p.v, p.uvStride(), column * 8, row * 8);
    }

    /** Each block is predicted from those before it, with what was added to them. */
    private void predictAndAddBlocks(Macroblock mb, Coefficients c, Picture p, int x, int y) {
        intra.startBlocks(p.y, p.stride, x, y);
        for (int i = 0; i < 16; i++) {
            int bx = x + (i & 3) * 4;
            int by = y + (i >> 2) * 4;
            intra.predictBlock(p.y, p.stride, bx, by, (i & 3) == 3, mb.blockModes[i]);
            if (!mb.skip) {
                add(c, i, p.y, by * p.stride + bx, p.stride);
            }
        }
    }

    private void addBrightness(Macroblock mb, Coefficients c, Picture p, int x, int y) {
        boolean y2 = mb.hasY2();
        if (y2) {
            Transform.inverseWalsh(c.values, Coefficients.Y2 * 16, work);
            Arrays.fill(c.values, Coefficients.Y2 * 16, Coefficients.Y2 * 16 + 16, (short) 0);
        }
        for (int i = 0; i < 16; i++) {
            int at = (y + (i >> 2) * 4) * p.stride + x + (i & 3) * 4;
            if (y2 && c.ends[i] == 0 && c.values[i * 16] != 0) {
                c.ends[i] = 1;
            }
            add(c, i, p.y, at, p.stride);
        }
    }

    private void addColour(Coefficients c, int firstBlock, byte[] plane, int stride, int x, int y) {
        for (int i = 0; i < 4; i++) {
            add(c, firstBlock + i, plane, (y + (i >> 1) * 4) * stride + x + (i & 1) * 4, stride);
        }
    }

    private void add(Coefficients c, int block, byte[] dst, int to, int stride) {
        int end = c.ends[block];
        if (end == 0) {
            return;
        }
        int at = block * 16;
        if (end == 1) {
            Transform.inverseDcAdd(c.values[at], dst, to, stride);
            c.values[at] = 0;
        } else {
            Transform.inverseDctAdd(c.values, at, work, dst, to, stride);
            Arrays.fill(c.values, at, at + 16, (short) 0);
        }
    }
}
