package dev.jvmrtc.codec.vp8;

import java.util.Arrays;

/**
 * The coefficient tokens of a partition of a frame, kept until the probabilities that suit them are known (RFC 6386
 * §13). A token is an int: where its probabilities begin, the token, whether the end of the block cannot come here, and
 * the bits that follow it with the sign.
 */
final class Tokens {
    // Tokens in the order of their tree.
    private static final int END = 0;
    private static final int ZERO = 1;
    private static final int ONE = 2;
    private static final int FIRST_CATEGORY = 6;

    private static final int AT_SHIFT = 17;
    private static final int TOKEN_SHIFT = 13;
    private static final int NO_END = 1 << 12;

    private int[] tokens = new int[1 << 14];
    private int size;
    /** How often each branch was taken: twice the index of its probability, plus the bit. */
    private final int[] counts = new int[2 * CoefficientProbabilities.SIZE];

    void start() {
        size = 0;
        Arrays.fill(counts, 0);
    }

    /** Takes a macroblock; the contexts are updated as in a decoder. */
    void add(Coefficients c, int column, boolean hasY2) {
        int first = 0;
        int type = Coefficients.Y_WITH_DC;
        if (hasY2) {
            addBlock(c, column, Coefficients.Y2, Coefficients.Y2_TYPE, 0);
            first = 1;
            type = Coefficients.Y_AFTER_Y2;
        }
        for (int i = 0; i < 16; i++) {
            addBlock(c, column, i, type, first);
        }
        for (int i = 16; i < Coefficients.Y2; i++) {
            addBlock(c, column, i, Coefficients.UV, 0);
        }
    }

    private void addBlock(Coefficients c, int column, int block, int type, int first) {
        if (size + 17 > tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * tokens.length);
        }
        int end = Math.max(first, c.ends[block]);
        int context = c.context(column, block);
        c.setContext(column, block, end > first);
        int base = type * CoefficientProbabilities.TYPE;
        boolean afterZero = false;
        for (int i = first; i < end; i++) {
            int v = c.values[block * 16 + Coefficients.ZIGZAG[i]];
            int at = base
                    + Coefficients.BANDS[i] * CoefficientProbabilities.BAND
                    + context * CoefficientProbabilities.CONTEXT;
            int abs = Math.abs(v);
            record(at, abs, v < 0, afterZero);
            afterZero = v == 0;
            context = Math.min(abs, 2);
        }
        if (end < 16) {
            int at = base
                    + Coefficients.BANDS[end] * CoefficientProbabilities.BAND
                    + context * CoefficientProbabilities.CONTEXT;
            tokens[size++] = at << AT_SHIFT | END << TOKEN_SHIFT;
            counts[2 * at]++;
        }
    }

    private void record(int at, int abs, boolean negative, boolean afterZero) {
        int[] n = counts;
        if (!afterZero) {
            n[2 * at + 1]++;
        }
        int token;
        int bits = negative ? 1 : 0;
        int noEnd = afterZero ? NO_END : 0;
        if (abs == 0) {
            n[2 * at + 2]++;
            token = ZERO;
        } else {
            n[2 * at + 3]++;
            if (abs == 1) {
                n[2 * at + 4]++;
                token = ONE;
            } else {
                n[2 * at + 5]++;
                if (abs <= 4) {
                    n[2 * at + 6]++;
                    n[2 * at + 8 + (abs > 2 ? 1 : 0)]++;
                    if (abs > 2) {
                        n[2 * at + 10 + abs - 3]++;
                    }
                    token = abs + 1;
                } else {
                    int category = category(abs);
                    n[2 * at + 7]++;
                    n[2 * at + 12 + (category > 1 ? 1 : 0)]++;
                    if (category < 2) {
                        n[2 * at + 14 + category]++;
                    } else {
                        n[2 * at + 16 + (category > 3 ? 1 : 0)]++;
                        n[2 * at + (category > 3 ? 20 : 18) + (category & 1)]++;
                    }
                    token = FIRST_CATEGORY + category;
                    bits |= abs - Coefficients.CATEGORY_BASE[category] << 1;
                }
            }
        }
        tokens[size++] = at << AT_SHIFT | token << TOKEN_SHIFT | noEnd | bits;
    }

    /** Adds what another partition has counted: probabilities are the same for all. */
    void count(Tokens other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
    }

    static int category(int abs) {
        return abs < 7 ? 0 : abs < 11 ? 1 : abs < 19 ? 2 : abs < 35 ? 3 : abs < 67 ? 4 : 5;
    }

    /**
     * Writes which probabilities change, where what is saved by a better one is more than what it costs to say so, and
     * changes them (RFC 6386 §13.4).
     */
    void writeProbabilities(BoolEncoder b, int[] probabilities) {
        for (int i = 0; i < probabilities.length; i++) {
            int zeros = counts[2 * i];
            int ones = counts[2 * i + 1];
            int old = probabilities[i];
            int update = CoefficientProbabilities.UPDATE[i];
            boolean change = false;
            int better = old;
            if (zeros + ones > 0) {
                better = Costs.probability(zeros, ones);
                long saved = Costs.ofCounts(zeros, ones, old) - Costs.ofCounts(zeros, ones, better);
                change = better != old && saved > 8 * Costs.BIT + Costs.one(update) - Costs.zero(update);
            }
            b.write(change, update);
            if (change) {
                b.literal(better, 8);
                probabilities[i] = better;
            }
        }
    }

    /** In 256ths of a bit, with the present probabilities, the bits behind the tokens left out. */
    long cost(int[] probabilities) {
        long sum = 0;
        for (int i = 0; i < probabilities.length; i++) {
            sum += Costs.ofCounts(counts[2 * i], counts[2 * i + 1], probabilities[i]);
        }
        return sum;
    }

    void write(BoolEncoder b, int[] p) {
        for (int i = 0; i < size; i++) {
            int t = tokens[i];
            int at = t >>> AT_SHIFT;
            int token = t >>> TOKEN_SHIFT & 15;
            if ((t & NO_END) == 0) {
                b.write(token != END, p[at]);
            }
            if (token == END) {
                continue;
            }
            b.write(token != ZERO, p[at + 1]);
            if (token == ZERO) {
                continue;
            }
            b.write(token != ONE, p[at + 2]);
            if (token > ONE) {
                writeLarge(b, p, at, token, t >> 1 & 0x7FF);
            }
            b.flag((t & 1) != 0);
        }
    }

    private static void writeLarge(BoolEncoder b, int[] p, int at, int token, int extra) {
        boolean large = token >= FIRST_CATEGORY;
        b.write(large, p[at + 3]);
        if (!large) {
            b.write(token > 3, p[at + 4]);
            if (token > 3) {
                b.write(token > 4, p[at + 5]);
            }
            return;
        }
        int category = token - FIRST_CATEGORY;
        b.write(category > 1, p[at + 6]);
        if (category < 2) {
            b.write(category > 0, p[at + 7]);
        } else {
            b.write(category > 3, p[at + 8]);
            b.write((category & 1) != 0, p[at + (category > 3 ? 10 : 9)]);
        }
        int[] bits = Coefficients.CATEGORY_BITS[category];
        for (int i = 0; i < bits.length; i++) {
            b.write((extra >> bits.length - 1 - i & 1) != 0, bits[i]);
        }
    }
}
