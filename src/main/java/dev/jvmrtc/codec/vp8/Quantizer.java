package dev.jvmrtc.codec.vp8;

/** The encoder's half of {@link Dequantizer}: from coefficients to the numbers that are sent. */
final class Quantizer {
    /** Kinds of blocks. */
    static final int Y1 = 0;

    static final int Y2 = 1;
    static final int UV = 2;

    private static final int SHIFT = 16;
    /**
     * What is added before dividing, in 128ths of a step. Half would be nearest; less makes zeros and ones of numbers
     * that cost more bits than they are worth.
     */
    private static final int DC_ROUNDING = 58;

    private static final int AC_ROUNDING = 44;
    private static final int INTRA_AC_ROUNDING = 54;

    /**
     * What a coefficient but the first reaches at most, as a share of the sum of its block's differences. A difference
     * in the very shape of a coefficient may have 0.85; what is below a step and a half of that is left out.
     */
    private static final double LARGEST_AC = 0.5;

    private final int[] steps = new int[6];
    private final int[] reciprocals = new int[6];
    private final int[] roundings = new int[6];
    private final int[] flat = new int[3];
    private int acStep;

    /** @param q index from 0 to 127 */
    void set(int q, boolean intra) {
        set(0, Quantizers.y1Dc(q), DC_ROUNDING);
        set(1, Quantizers.y1Ac(q), intra ? INTRA_AC_ROUNDING : AC_ROUNDING);
        set(2, Quantizers.y2Dc(q), DC_ROUNDING);
        set(3, Quantizers.y2Ac(q), intra ? INTRA_AC_ROUNDING : AC_ROUNDING);
        set(4, Quantizers.uvDc(q), DC_ROUNDING);
        set(5, Quantizers.uvAc(q), intra ? INTRA_AC_ROUNDING : AC_ROUNDING);
        acStep = Quantizers.y1Ac(q);
        for (int kind = 0; kind < 3; kind++) {
            int least = steps[2 * kind + 1] - roundings[2 * kind + 1];
            flat[kind] = (int) ((least - 2) / LARGEST_AC);
        }
    }

    /** A block whose sum of absolute differences is below this has nothing but a first coefficient to send. */
    int flatBelow(int kind) {
        return flat[kind];
    }

    private void set(int i, int step, int rounding) {
        steps[i] = step;
        reciprocals[i] = (1 << SHIFT) / step + 1;
        roundings[i] = step * rounding >> 7;
    }

    /** The step of all but the first coefficients of brightness. */
    int acStep() {
        return acStep;
    }

    /**
     * Quantizes a block in place; {@code first} is 1 where its first coefficient is sent elsewhere and stays as it is.
     * One more than the place of the last that is not zero, or 0.
     */
    int quantize(short[] c, int at, int kind, int first) {
        int end = 0;
        int step = steps[2 * kind + 1];
        int reciprocal = reciprocals[2 * kind + 1];
        int rounding = roundings[2 * kind + 1];
        if (first == 0) {
            end = quantizeFirst(c, at, kind, c[at]);
        }
        for (int i = 1; i < 16; i++) {
            int z = at + Coefficients.ZIGZAG[i];
            int v = c[z];
            int abs = Math.abs(v) + rounding;
            if (abs < step) {
                c[z] = 0;
            } else {
                int q = abs * reciprocal >>> SHIFT;
                c[z] = (short) (v < 0 ? -q : q);
                end = i + 1;
            }
        }
        return end;
    }

    /** A block with nothing but a first coefficient, of {@code value}; one if anything is left of it, else 0. */
    int quantizeFirst(short[] c, int at, int kind, int value) {
        int q = (Math.abs(value) + roundings[2 * kind]) * reciprocals[2 * kind] >>> SHIFT;
        c[at] = (short) (value < 0 ? -q : q);
        return q != 0 ? 1 : 0;
    }

    /** Back to what a decoder makes of it. */
    void dequantize(short[] c, int at, int kind, int first) {
        if (first == 0) {
            c[at] = (short) (c[at] * steps[2 * kind]);
        }
        int step = steps[2 * kind + 1];
        for (int i = 1; i < 16; i++) {
            c[at + i] = (short) (c[at + i] * step);
        }
    }
}
