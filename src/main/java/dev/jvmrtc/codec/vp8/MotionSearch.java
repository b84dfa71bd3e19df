package dev.jvmrtc.codec.vp8;

/**
 * Finds where a macroblock's brightness was in a reference picture, to a quarter of a pixel. Distances are sums of
 * absolute differences plus what the vector costs. Between pixels it works with averages instead of the format's
 * filters, which are twenty times as slow and rank nearly the same.
 */
final class MotionSearch {
    /** Whole pixels in each direction; vectors of twice as much could not be sent as a difference. */
    private static final int RANGE = 112;

    private static final int MAX_COMPONENT = 1023;
    private static final int[] HEXAGON_X = {-2, -1, 1, 2, 1, -1};
    private static final int[] HEXAGON_Y = {0, -2, -2, 0, 2, 2};
    private static final int[] SQUARE_X = {0, -1, 1, 0, -1, 1, -1, 1};
    private static final int[] SQUARE_Y = {-1, 0, 0, 1, -1, -1, 1, 1};
    private static final int MAX_STEPS = 24;

    // The neighbourhood of a block, and its averages with the pixels to the right, below, and both. Rows and columns
    // begin at −1.
    private static final int STRIDE = 32;
    private static final int NEIGHBOURHOOD = 20;
    private static final int ORIGIN = STRIDE + 1;
    private final byte[] whole = new byte[STRIDE * (NEIGHBOURHOOD + 1)];
    private final byte[] right = new byte[STRIDE * NEIGHBOURHOOD];
    private final byte[] below = new byte[STRIDE * NEIGHBOURHOOD];
    private final byte[] both = new byte[STRIDE * NEIGHBOURHOOD];
    private final InterPrediction prediction = new InterPrediction();
    private final byte[] predicted = new byte[256];

    /** Of a component's difference from the one predicted, in quarters of a pixel, beginning with −1023. */
    private final int[][] componentCosts = new int[2][2 * MAX_COMPONENT + 1];

    private byte[] source;
    private int sourceAt;
    private Picture reference;
    private int x;
    private int y;
    private int lambda;
    private int predictedMv;
    private int bestMv;
    private int bestCost;
    private int bestDistance;

    /** Takes the probabilities of a new frame. */
    void startFrame(int[] mvProbabilities) {
        int[] shortCosts = new int[8];
        for (int c = 0; c < 2; c++) {
            int p = c * Mv.PROBABILITIES;
            Costs.ofTree(Mv.SHORT_TREE, mvProbabilities, p + Mv.SHORT, shortCosts);
            for (int v = 0; v <= MAX_COMPONENT; v++) {
                int cost = componentCost(mvProbabilities, p, v, shortCosts);
                componentCosts[c][MAX_COMPONENT + v] = cost + (v == 0 ? 0 : Costs.zero(mvProbabilities[p + Mv.SIGN]));
                componentCosts[c][MAX_COMPONENT - v] = cost + (v == 0 ? 0 : Costs.one(mvProbabilities[p + Mv.SIGN]));
            }
        }
    }

    private static int componentCost(int[] p, int offset, int v, int[] shortCosts) {
        if (v < 8) {
            return Costs.zero(p[offset + Mv.IS_SHORT]) + shortCosts[v];
        }
        int cost = Costs.one(p[offset + Mv.IS_SHORT]);
        for (int i = 0; i < Mv.LONG_BITS; i++) {
            if (i != 3 || v > 15) {
                cost += Costs.of((v >> i & 1) != 0, p[offset + Mv.LONG + i]);
            }
        }
        return cost;
    }

    /** What it costs to send {@code mv} where {@code predicted} is expected, in 256ths of a bit. */
    int costOf(int mv, int predicted) {
        int r = (Mv.row(mv) - Mv.row(predicted)) / 2;
        int c = (Mv.column(mv) - Mv.column(predicted)) / 2;
        if (Math.abs(r) > MAX_COMPONENT || Math.abs(c) > MAX_COMPONENT) {
            return Integer.MAX_VALUE / 4;
        }
        return componentCosts[0][MAX_COMPONENT + r] + componentCosts[1][MAX_COMPONENT + c];
    }

    /** @param lambda how much of a distance a bit is worth, in 256ths */
    void startBlock(byte[] source, int sourceAt, Picture reference, int x, int y, int lambda) {
        this.source = source;
        this.sourceAt = sourceAt;
        this.reference = reference;
        this.x = x;
        this.y = y;
        this.lambda = lambda;
    }

    /** The distance from what {@code mv} points to, near enough. */
    int distance(int mv, int limit) {
        int px = x + (Mv.column(mv) >> 3);
        int py = y + (Mv.row(mv) >> 3);
        boolean between = (mv & 0x00070007) != 0;
        if (px < 0 || py < 0 || px + 17 > reference.stride || py + 17 > reference.mbRows * 16) {
            if (between || px != x || py != y) {
                prediction.block(reference.y, reference.stride, reference.mbRows * 16, x, y, mv, 16, predicted, 0, 16);
                return BlockDistance.sad16(source, sourceAt, reference.stride, predicted, 0, 16, limit);
            }
        }
        int at = py * reference.stride + px;
        if (between) {
            // Rounded to the half pixel that lies next: the average of the pixels on its two sides.
            int other = at + ((mv & 7) != 0 ? 1 : 0) + ((mv >> 16 & 7) != 0 ? reference.stride : 0);
            return BlockDistance.sad16(
                    source,
                    sourceAt,
                    reference.stride,
                    reference.y,
                    at,
                    reference.stride,
                    reference.y,
                    other,
                    reference.stride,
                    limit);
        }
        return BlockDistance.sad16(source, sourceAt, reference.stride, reference.y, at, reference.stride, limit);
    }

    /**
     * Searches from the best of {@code starts}.
     *
     * @param predicted what the vector is sent as a difference from
     */
    void search(int[] starts, int count, int predicted) {
        predictedMv = predicted;
        bestCost = Integer.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            tryWhole(Mv.column(starts[i]) + 4 >> 3, Mv.row(starts[i]) + 4 >> 3);
        }
        descend();
        int before = bestCost;
        between();
        if (bestCost > before) {
            throw new AssertionError("a step cannot make it worse");
        }
    }

    int bestMv() {
        return bestMv;
    }

    int bestDistance() {
        return bestDistance;
    }

    private boolean tryWhole(int dx, int dy) {
        int px = x + dx;
        int py = y + dy;
        // Only within the picture: beyond it there is nothing that a neighbour's vector would not find.
        if (px < 0
                || py < 0
                || px + 16 > reference.stride
                || py + 16 > reference.mbRows * 16
                || Math.abs(dx) > RANGE
                || Math.abs(dy) > RANGE) {
            return false;
        }
        int mv = Mv.of(dy * 8, dx * 8);
        int rate = lambda * (costOf(mv, predictedMv) >> 4) >> 12;
        if (rate >= bestCost) {
            return false;
        }
        int distance = BlockDistance.sad16(
                source,
                sourceAt,
                reference.stride,
                reference.y,
                py * reference.stride + px,
                reference.stride,
                bestCost - rate);
        return take(mv, distance, rate);
    }

    private boolean take(int mv, int distance, int rate) {
        if (distance + rate >= bestCost) {
            return false;
        }
        bestCost = distance + rate;
        bestDistance = distance;
        bestMv = mv;
        return true;
    }

    private void descend() {
        for (int steps = 0; steps < MAX_STEPS; steps++) {
            int cx = Mv.column(bestMv) >> 3;
            int cy = Mv.row(bestMv) >> 3;
            boolean better = false;
            for (int i = 0; i < HEXAGON_X.length; i++) {
                better |= tryWhole(cx + HEXAGON_X[i], cy + HEXAGON_Y[i]);
            }
            if (!better) {
                break;
            }
        }
        int cx = Mv.column(bestMv) >> 3;
        int cy = Mv.row(bestMv) >> 3;
        for (int i = 0; i < SQUARE_X.length; i++) {
            tryWhole(cx + SQUARE_X[i], cy + SQUARE_Y[i]);
        }
    }

    private void between() {
        int px = x + (Mv.column(bestMv) >> 3);
        int py = y + (Mv.row(bestMv) >> 3);
        prepare(px, py);
        int cx = 0;
        int cy = 0;
        int wholeMv = bestMv;
        for (int step = 2; step >= 1; step--) {
            int bx = cx;
            int by = cy;
            for (int i = 0; i < SQUARE_X.length; i++) {
                int qx = cx + SQUARE_X[i] * step;
                int qy = cy + SQUARE_Y[i] * step;
                int mv = Mv.of(Mv.row(wholeMv) + qy * 2, Mv.column(wholeMv) + qx * 2);
                int rate = lambda * (costOf(mv, predictedMv) >> 4) >> 12;
                if (rate < bestCost && take(mv, distanceBetween(qx, qy, bestCost - rate), rate)) {
                    bx = qx;
                    by = qy;
                }
            }
            cx = bx;
            cy = by;
        }
    }

    /** Copies the surroundings of the best whole vector and makes the averages. */
    private void prepare(int px, int py) {
        int height = reference.mbRows * 16;
        int stride = reference.stride;
        for (int r = 0; r <= NEIGHBOURHOOD; r++) {
            int row = Math.max(0, Math.min(height - 1, py - 1 + r)) * stride;
            if (px >= 1 && px + 24 <= stride) {
                System.arraycopy(reference.y, row + px - 1, whole, r * STRIDE, 25);
            } else {
                for (int c = 0; c < 25; c++) {
                    whole[r * STRIDE + c] = reference.y[row + Math.max(0, Math.min(stride - 1, px - 1 + c))];
                }
            }
        }
        BlockDistance.average(whole, 0, 1, STRIDE, 24, NEIGHBOURHOOD - 1, right, 0, STRIDE);
        BlockDistance.average(whole, 0, STRIDE, STRIDE, 24, NEIGHBOURHOOD - 1, below, 0, STRIDE);
        BlockDistance.average(right, 0, STRIDE, STRIDE, 24, NEIGHBOURHOOD - 2, both, 0, STRIDE);
    }

    private byte[] plane(int halfX, int halfY) {
        return (halfX & 1) == 0 ? (halfY & 1) == 0 ? whole : below : (halfY & 1) == 0 ? right : both;
    }

    private static int at(int halfX, int halfY) {
        return ORIGIN + (halfY >> 1) * STRIDE + (halfX >> 1);
    }

    /** Quarters of a pixel from the best whole vector, up to three in each direction. */
    private int distanceBetween(int qx, int qy, int limit) {
        int hx = qx >> 1;
        int hy = qy >> 1;
        byte[] a = plane(hx, hy);
        if (((qx | qy) & 1) == 0) {
            return BlockDistance.sad16(source, sourceAt, reference.stride, a, at(hx, hy), STRIDE, limit);
        }
        int hx2 = hx + (qx & 1);
        int hy2 = hy + (qy & 1);
        return BlockDistance.sad16(
                source,
                sourceAt,
                reference.stride,
                a,
                at(hx, hy),
                STRIDE,
                plane(hx2, hy2),
                at(hx2, hy2),
                STRIDE,
                limit);
    }
}
