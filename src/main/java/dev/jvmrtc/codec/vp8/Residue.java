package dev.jvmrtc.codec.vp8;

import java.util.Arrays;

/** What the prediction of a macroblock leaves to be sent: makes its coefficients, and adds what a decoder will add. */
final class Residue {
    /** What {@link #isNegligible} bears of lone ones, and in how many blocks. */
    private static final int NEGLIGIBLE = 3;

    final Coefficients coefficients;
    private final Quantizer quantizer;
    private final int[] work = new int[16];
    private final short[] block = new short[16];

    Residue(Coefficients coefficients, Quantizer quantizer) {
        this.coefficients = coefficients;
        this.quantizer = quantizer;
    }

    void clear() {
        Arrays.fill(coefficients.values, (short) 0);
    }

    boolean hasBrightness() {
        for (int i = 0; i < 16; i++) {
            if (coefficients.ends[i] > 0) {
                return true;
            }
        }
        return false;
    }

    /** Of a macroblock that is predicted as a whole; whether there is anything to send. */
    boolean brightness(Picture source, Picture target, int row, int column, boolean inter) {
        short[] c = coefficients.values;
        int stride = source.stride;
        int at = row * 16 * stride + column * 16;
        int flat = quantizer.flatBelow(Quantizer.Y1);
        int filled = 0;
        for (int i = 0; i < 16; i += 2) {
            int p = at + (i >> 2) * 4 * stride + (i & 3) * 4;
            long residue = BlockDistance.residue(source.y, p, stride, target.y, p, stride);
            for (int k = 0; k < 2; k++) {
                int v = (i + k) * 16;
                int end = 0;
                if (BlockDistance.sadOf(residue, k) < flat) {
                    c[v] = (short) (BlockDistance.differenceOf(residue, k) + 1 >> 1);
                } else {
                    Transform.forwardDct(source.y, p + 4 * k, stride, target.y, p + 4 * k, stride, work, c, v);
                    end = quantizer.quantize(c, v, Quantizer.Y1, 1);
                }
                coefficients.ends[i + k] = (byte) end;
                filled += end > 0 ? 1 : 0;
            }
        }
        Transform.forwardWalsh(c, Coefficients.Y2 * 16, work);
        for (int i = 0; i < 16; i++) {
            c[i * 16] = 0;
        }
        if (inter && filled <= NEGLIGIBLE && filled > 0 && isNegligible()) {
            filled = 0;
        }
        int end = quantizer.quantize(c, Coefficients.Y2 * 16, Quantizer.Y2, 0);
        coefficients.ends[Coefficients.Y2] = (byte) end;
        return filled > 0 || end > 0;
    }

    /**
     * A few lone ones far out cost more bits than they are worth: blocks that hold nothing else are emptied. Whether
     * nothing is left.
     */
    private boolean isNegligible() {
        short[] c = coefficients.values;
        int score = 0;
        for (int i = 0; i < 16; i++) {
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
            if (score > NEGLIGIBLE) {
                return false;
            }
        }
        for (int i = 0; i < 16; i++) {
            if (coefficients.ends[i] > 0) {
                coefficients.ends[i] = 0;
                Arrays.fill(c, i * 16, i * 16 + 16, (short) 0);
            }
        }
        return true;
    }

    /** @param first block of the plane, 16 or 20 */
    boolean colour(int first, byte[] from, byte[] to, int stride, int row, int column) {
        short[] c = coefficients.values;
        int at = row * 8 * stride + column * 8;
        int flat = quantizer.flatBelow(Quantizer.UV);
        boolean any = false;
        for (int i = 0; i < 4; i += 2) {
            int p = at + (i >> 1) * 4 * stride;
            long residue = BlockDistance.residue(from, p, stride, to, p, stride);
            for (int k = 0; k < 2; k++) {
                int v = (first + i + k) * 16;
                int end;
                if (BlockDistance.sadOf(residue, k) < flat) {
                    end = quantizer.quantizeFirst(c, v, Quantizer.UV, BlockDistance.differenceOf(residue, k) + 1 >> 1);
                } else {
                    Transform.forwardDct(from, p + 4 * k, stride, to, p + 4 * k, stride, work, c, v);
                    end = quantizer.quantize(c, v, Quantizer.UV, 0);
                }
                coefficients.ends[first + i + k] = (byte) end;
                any |= end > 0;
            }
        }
        return any;
    }

    /**
     * Codes a block of brightness by itself, whose prediction is in {@code target} and becomes what a decoder shows.
     */
    void block(int i, Picture source, Picture target, int at) {
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

    /** Back to what a decoder makes of it; blocks that were coded one by one are in the picture already. */
    void dequantize(Macroblock mb) {
        short[] c = coefficients.values;
        if (mb.mode == Modes.BLOCKS) {
            Arrays.fill(c, 0, 256, (short) 0);
        } else {
            for (int i = 0; i < 16; i++) {
                if (coefficients.ends[i] > 0) {
                    quantizer.dequantize(c, i * 16, Quantizer.Y1, 1);
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
}
