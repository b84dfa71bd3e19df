package dev.jvmrtc.codec.vp8;

import java.util.Arrays;

/**
 * The coefficients of a macroblock, and what of its neighbours their probabilities depend on (RFC 6386 §13). Blocks 0
 * to 15 are brightness, 16 to 19 and 20 to 23 colour, 24 the first coefficients of the sixteen.
 */
final class Coefficients {
    static final int Y2 = 24;
    static final int BLOCKS = 25;
    // Block types.
    static final int Y_AFTER_Y2 = 0;
    static final int Y2_TYPE = 1;
    static final int UV = 2;
    static final int Y_WITH_DC = 3;

    static final byte[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};
    static final byte[] BANDS = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};
    /** The numbers that the tokens for ranges begin with, and the probabilities of the bits that follow. */
    static final int[] CATEGORY_BASE = {5, 7, 11, 19, 35, 67};

    static final int[][] CATEGORY_BITS = {
        {159},
        {165, 145},
        {173, 148, 140},
        {176, 155, 140, 135},
        {180, 157, 141, 134, 130},
        {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}
    };

    final short[] values = new short[BLOCKS * 16];
    /** One more than the place of each block's last token. */
    final byte[] ends = new byte[BLOCKS];

    /** For each column: four of brightness, two of each colour, one of Y2. */
    private final byte[] above;

    private final byte[] left = new byte[9];
    private static final int U_CONTEXT = 4;
    private static final int V_CONTEXT = 6;
    private static final int Y2_CONTEXT = 8;

    Coefficients(int columns) {
        this(newAbove(columns));
    }

    /** @param above what {@link #newAbove} made */
    Coefficients(byte[] above) {
        this.above = above;
    }

    /** What is known of the coefficients in the row above, for each column; zero where a picture begins. */
    static byte[] newAbove(int columns) {
        return new byte[columns * 9];
    }

    void startFrame() {
        Arrays.fill(above, (byte) 0);
    }

    void startRow() {
        Arrays.fill(left, (byte) 0);
    }

    /** A macroblock without coefficients. What the next ones see of Y2 stays where it has none. */
    void skip(int column, boolean hasY2) {
        int n = hasY2 ? 9 : 8;
        Arrays.fill(above, column * 9, column * 9 + n, (byte) 0);
        Arrays.fill(left, 0, n, (byte) 0);
    }

    /** What the tokens of a block depend on: how many of its two neighbours have any. */
    int context(int column, int block) {
        return above[aboveIndex(column, block)] + left[leftIndex(block)];
    }

    void setContext(int column, int block, boolean any) {
        byte b = (byte) (any ? 1 : 0);
        above[aboveIndex(column, block)] = b;
        left[leftIndex(block)] = b;
    }

    private static int aboveIndex(int column, int block) {
        int c = column * 9;
        return block < 16
                ? c + (block & 3)
                : block == Y2 ? c + Y2_CONTEXT : block < 20 ? c + U_CONTEXT + (block & 1) : c + V_CONTEXT + (block & 1);
    }

    private static int leftIndex(int block) {
        return block < 16
                ? block >> 2
                : block == Y2 ? Y2_CONTEXT : block < 20 ? U_CONTEXT + (block - 16 >> 1) : V_CONTEXT + (block - 20 >> 1);
    }

    /**
     * Reads a macroblock's tokens and multiplies them by the steps of its quantizer; whether there was any.
     * {@link #values} has to be all zero before.
     */
    boolean parse(BoolDecoder b, int[] probabilities, int column, boolean hasY2, Dequantizer q) {
        int any = 0;
        int first = 0;
        int type = Y_WITH_DC;
        if (hasY2) {
            any |= parseBlock(b, probabilities, column, Y2, Y2_TYPE, 0, q.y2Dc, q.y2Ac);
            first = 1;
            type = Y_AFTER_Y2;
        } else {
            ends[Y2] = 0;
        }
        for (int i = 0; i < 16; i++) {
            any |= parseBlock(b, probabilities, column, i, type, first, q.y1Dc, q.y1Ac);
        }
        for (int i = 16; i < Y2; i++) {
            any |= parseBlock(b, probabilities, column, i, UV, 0, q.uvDc, q.uvAc);
        }
        return any != 0;
    }

    private int parseBlock(
            BoolDecoder b, int[] probabilities, int column, int block, int type, int first, int dc, int ac) {
        int end = parseTokens(
                b,
                probabilities,
                type * CoefficientProbabilities.TYPE,
                context(column, block),
                first,
                dc,
                ac,
                block * 16);
        boolean any = end > first;
        setContext(column, block, any);
        ends[block] = (byte) (any ? end : 0);
        return any ? 1 : 0;
    }

    /** RFC 6386 §13.2, §13.3: one more than the place of the last token. */
    private int parseTokens(BoolDecoder b, int[] p, int type, int context, int first, int dc, int ac, int offset) {
        int i = first;
        int at = type + BANDS[i] * CoefficientProbabilities.BAND + context * CoefficientProbabilities.CONTEXT;
        while (b.read(p[at])) { // else the end of the block
            while (!b.read(p[at + 1])) { // a zero, which the end never follows
                i++;
                if (i == 16) {
                    return 16;
                }
                at = type + BANDS[i] * CoefficientProbabilities.BAND;
            }
            int v;
            int next;
            if (!b.read(p[at + 2])) {
                v = 1;
                next = CoefficientProbabilities.CONTEXT;
            } else {
                v = parseLarge(b, p, at);
                next = 2 * CoefficientProbabilities.CONTEXT;
            }
            if (b.flag()) {
                v = -v;
            }
            // The reference decoder keeps coefficients in 16 bits.
            values[offset + ZIGZAG[i]] = (short) (v * (i == 0 ? dc : ac));
            i++;
            if (i == 16) {
                return 16;
            }
            at = type + BANDS[i] * CoefficientProbabilities.BAND + next;
        }
        return i;
    }

    private static int parseLarge(BoolDecoder b, int[] p, int at) {
        if (!b.read(p[at + 3])) {
            return !b.read(p[at + 4]) ? 2 : b.read(p[at + 5]) ? 4 : 3;
        }
        int category;
        if (!b.read(p[at + 6])) {
            category = b.read(p[at + 7]) ? 1 : 0;
        } else if (!b.read(p[at + 8])) {
            category = b.read(p[at + 9]) ? 3 : 2;
        } else {
            category = b.read(p[at + 10]) ? 5 : 4;
        }
        int extra = 0;
        for (int bit : CATEGORY_BITS[category]) {
            extra = extra << 1 | (b.read(bit) ? 1 : 0);
        }
        return CATEGORY_BASE[category] + extra;
    }
}
