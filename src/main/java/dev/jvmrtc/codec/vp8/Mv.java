package dev.jvmrtc.codec.vp8;

/**
 * Motion vectors, and how they are predicted from those around (RFC 6386 §5, §17, §18.3). A vector is an int: rows
 * above, columns below, in eighths of a pixel, of which those of brightness only use even ones.
 */
final class Mv {
    static final int IS_SHORT = 0;
    static final int SIGN = 1;
    static final int SHORT = 2;
    static final int LONG = 9;
    static final int LONG_BITS = 10;
    /** Probabilities of a component: rows have the first, columns the second. */
    static final int PROBABILITIES = LONG + LONG_BITS;

    static final byte[] SHORT_TREE = {2, 8, 4, 6, 0, -1, -2, -3, 10, 12, -4, -5, -6, -7};

    static final int[] DEFAULTS = {
        162, 128, 225, 146, 172, 147, 214, 39, 156, 128, 129, 132, 75, 145, 178, 206, 239, 254, 254,
        164, 128, 204, 170, 119, 235, 140, 230, 228, 128, 130, 130, 74, 148, 180, 203, 236, 254, 254
    };

    static final int[] UPDATE = {
        237, 246, 253, 253, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 250, 250, 252, 254, 254,
        231, 243, 245, 253, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 251, 251, 254, 254, 254
    };

    /** Of {@link Modes#REFERENCE_MODE_TREE}'s nodes by how many neighbours share a vector. */
    static final int[][] MODE_CONTEXTS = {
        {7, 1, 1, 143},
        {14, 18, 14, 107},
        {135, 64, 57, 68},
        {60, 56, 128, 65},
        {159, 134, 128, 34},
        {234, 188, 128, 28}
    };

    // How a macroblock is split: halves one above the other, halves side by side, quarters, sixteenths.
    static final int SPLIT_ROWS = 0;
    static final int SPLIT_COLUMNS = 1;
    static final int SPLIT_QUARTERS = 2;
    static final int SPLIT_SIXTEENTHS = 3;
    static final byte[] SPLIT_TREE = {-SPLIT_SIXTEENTHS, 2, -SPLIT_QUARTERS, 4, -SPLIT_ROWS, -SPLIT_COLUMNS};
    static final int[] SPLIT = {110, 111, 150};
    static final int[] SPLIT_PARTS = {2, 2, 4, 16};
    /** The part that each block belongs to. */
    static final byte[][] SPLIT_MAP = {
        {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1},
        {0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1},
        {0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3},
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
    };
    /** The first block of each part. */
    static final byte[][] SPLIT_FIRST = {
        {0, 8}, {0, 2}, {0, 2, 8, 10}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
    };

    static final int LEFT_4X4 = 0;
    static final int ABOVE_4X4 = 1;
    static final int ZERO_4X4 = 2;
    static final int NEW_4X4 = 3;
    static final byte[] PART_TREE = {-LEFT_4X4, 2, -ABOVE_4X4, 4, -ZERO_4X4, -NEW_4X4};
    private static final int[][] PART_CONTEXTS = {
        {147, 136, 18}, {106, 145, 1}, {179, 121, 1}, {223, 1, 34}, {208, 1, 1}
    };

    /** How far a predicted vector may point out of the picture: a macroblock. */
    private static final int MARGIN = 16 << 3;

    private Mv() {}

    static int of(int row, int column) {
        return row << 16 | column & 0xFFFF;
    }

    static int row(int mv) {
        return mv >> 16;
    }

    static int column(int mv) {
        return (short) mv;
    }

    static int add(int a, int b) {
        return of(row(a) + row(b), column(a) + column(b));
    }

    /** Probabilities of {@link #PART_TREE} by the vectors to the left and above. */
    static int[] partContext(int left, int above) {
        if (left == above) {
            return PART_CONTEXTS[above == 0 ? 4 : 3];
        }
        return PART_CONTEXTS[above == 0 ? 2 : left == 0 ? 1 : 0];
    }

    /** So that the block lies at most a macroblock outside the picture. */
    static int clamp(int mv, int mbRow, int mbColumn, int mbRows, int mbColumns) {
        int top = -(mbRow * 16 << 3) - MARGIN;
        int bottom = (mbRows - 1 - mbRow) * 16 * 8 + MARGIN;
        int left = -(mbColumn * 16 << 3) - MARGIN;
        int right = (mbColumns - 1 - mbColumn) * 16 * 8 + MARGIN;
        int r = row(mv);
        int c = column(mv);
        return of(r < top ? top : Math.min(r, bottom), c < left ? left : Math.min(c, right));
    }

    /**
     * Vectors that the neighbours suggest for a macroblock, and how many of them agree. One is reused for all of a
     * frame.
     */
    static final class Candidates {
        private final int[] mvs = new int[4];
        private final int[] counts = new int[4];
        /** Of {@link Modes#REFERENCE_MODE_TREE}. */
        final int[] probabilities = new int[4];

        /** Unclamped. */
        int best() {
            return mvs[0];
        }

        int nearest() {
            return mvs[1];
        }

        int near() {
            return mvs[2];
        }

        /**
         * RFC 6386 §18.3. {@code golden} and {@code alternate} say whether vectors into those frames are turned round.
         */
        void find(Macroblock above, Macroblock left, Macroblock aboveLeft, int reference, boolean[] signBias) {
            mvs[0] = 0;
            mvs[1] = 0;
            mvs[2] = 0;
            mvs[3] = 0;
            counts[0] = 0;
            counts[1] = 0;
            counts[2] = 0;
            counts[3] = 0;
            int found = consider(above, 2, 0, reference, signBias);
            found = consider(left, 2, found, reference, signBias);
            found = consider(aboveLeft, 1, found, reference, signBias);
            if (counts[3] > 0 && mvs[found] == mvs[1]) {
                counts[1]++; // three of them, the last as the first
            }
            counts[3] = (above.mode == Modes.SPLIT_MV ? 2 : 0)
                    + (left.mode == Modes.SPLIT_MV ? 2 : 0)
                    + (aboveLeft.mode == Modes.SPLIT_MV ? 1 : 0);
            if (counts[2] > counts[1]) {
                int c = counts[1];
                counts[1] = counts[2];
                counts[2] = c;
                int m = mvs[1];
                mvs[1] = mvs[2];
                mvs[2] = m;
            }
            if (counts[1] >= counts[0]) {
                mvs[0] = mvs[1];
            }
            for (int i = 0; i < 4; i++) {
                probabilities[i] = MODE_CONTEXTS[counts[i]][i];
            }
        }

        /** What it costs to say that a whole macroblock has this mode, in 256ths of a bit. */
        int costOf(int mode) {
            int cost = 0;
            for (int i = 0; i < mode - Modes.ZERO_MV; i++) {
                cost += Costs.one(probabilities[i]);
            }
            return cost + Costs.zero(probabilities[mode - Modes.ZERO_MV]);
        }

        private int consider(Macroblock mb, int weight, int found, int reference, boolean[] signBias) {
            if (mb.reference == Modes.INTRA) {
                return found;
            }
            if (mb.mv == 0) {
                counts[0] += weight;
                return found;
            }
            int mv = signBias[mb.reference] != signBias[reference] ? of(-row(mb.mv), -column(mb.mv)) : mb.mv;
            int slot = mv == mvs[found] && found > 0 ? found : found + 1;
            mvs[slot] = mv;
            counts[slot] += weight;
            return slot;
        }
    }
}
