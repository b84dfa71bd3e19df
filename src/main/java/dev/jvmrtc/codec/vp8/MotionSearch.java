package dev.jvmrtc.codec.vp8;

/**
 * Finds where a macroblock's brightness was in a reference picture, to a quarter of a pixel. Distances are sums of
 * absolute differences plus what the vector costs. Whole pixels are told apart by every second row.
 */
final class MotionSearch {
    /** Whole pixels in each direction; vectors of twice as much could not be sent as a difference. */
    private static final int RANGE = 112;

    private static final int[] HEXAGON_X = {-2, -1, 1, 2, 1, -1};
    private static final int[] HEXAGON_Y = {0, -2, -2, 0, 2, 2};
    private static final int[] CROSS_X = {0, -1, 1, 0};
    private static final int[] CROSS_Y = {-1, 0, 0, 1};
    private static final int MAX_STEPS = 24;

    private final InterPrediction prediction = new InterPrediction();
    private final byte[] predicted = new byte[256];
    /** The macroblock, as {@link BlockDistance} takes it. */
    final long[] block = new long[BlockDistance.UNPACKED];

    private final SubpixelSearch subpixel = new SubpixelSearch(this);
    private MvCosts costs;
    private Picture reference;
    private int x;
    private int y;
    private int lambda;
    private int predictedMv;
    private int bestMv;
    private int bestCost;
    private int bestDistance;

    /** @param lambda how much of a distance a bit is worth, in 256ths of it */
    void startFrame(MvCosts mvCosts, int lambda) {
        costs = mvCosts;
        this.lambda = lambda;
    }

    /** @param reference null where only {@link #block} is needed */
    void startBlock(Picture source, Picture reference, int x, int y) {
        this.reference = reference;
        this.x = x;
        this.y = y;
        BlockDistance.unpack(source.y, y * source.stride + x, source.stride, block);
    }

    /** The distance from what {@code mv} points to, near enough. */
    int distance(int mv, int limit) {
        int px = x + (Mv.column(mv) >> 3);
        int py = y + (Mv.row(mv) >> 3);
        boolean between = (mv & 0x00070007) != 0;
        int stride = reference.stride;
        if (px < 0 || py < 0 || px + 17 > stride || py + 17 > reference.mbRows * 16) {
            if (between || px != x || py != y) {
                prediction.block(reference.y, stride, reference.mbRows * 16, x, y, mv, 16, predicted, 0, 16);
                return BlockDistance.sad16(block, predicted, 0, 16, limit);
            }
        }
        int at = py * stride + px;
        if (between) {
            // Rounded to the half pixel that lies next: the average of the pixels on its two sides.
            int other = at + ((mv & 7) != 0 ? 1 : 0) + ((mv >> 16 & 7) != 0 ? stride : 0);
            return BlockDistance.sad16(block, reference.y, at, stride, reference.y, other, stride, limit);
        }
        return BlockDistance.sad16(block, reference.y, at, stride, limit);
    }

    /** The distance from the same place in another picture. */
    int distanceFrom(Picture other, int limit) {
        return BlockDistance.sad16(block, other.y, y * other.stride + x, other.stride, limit);
    }

    /** What {@code mv} costs beside the one predicted, as a distance. */
    int rateOf(int mv) {
        return lambda * (costs.of(mv, predictedMv) >> 4) >> 12;
    }

    /**
     * Searches from the best of {@code starts}.
     *
     * @param predicted what the vector is sent as a difference from
     * @param near a start whose cost is no more is looked around at once, without going far
     * @param worthwhile what is nearer is not looked for between the pixels
     */
    void search(int[] starts, int count, int predicted, int near, int worthwhile) {
        predictedMv = predicted;
        bestCost = Integer.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            tryWhole(Mv.column(starts[i]) + 4 >> 3, Mv.row(starts[i]) + 4 >> 3);
        }
        if (bestCost == Integer.MAX_VALUE) {
            tryWhole(0, 0);
        }
        if (bestCost > near) {
            descend();
        }
        beside();
        int px = x + (Mv.column(bestMv) >> 3);
        int py = y + (Mv.row(bestMv) >> 3);
        int sparse = bestDistance;
        bestDistance = BlockDistance.sad16(
                block, reference.y, py * reference.stride + px, reference.stride, Integer.MAX_VALUE);
        bestCost = bestDistance + rateOf(bestMv);
        if (bestDistance > worthwhile) {
            subpixel.search(reference, px, py, bestMv, sparse);
        }
    }

    int bestMv() {
        return bestMv;
    }

    int bestDistance() {
        return bestDistance;
    }

    /** Of {@link #bestMv}: its distance and what it costs. */
    int bestCost() {
        return bestCost;
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
        int rate = rateOf(mv);
        if (rate >= bestCost) {
            return false;
        }
        int at = py * reference.stride + px;
        int distance = BlockDistance.sparse16(block, reference.y, at, reference.stride, bestCost - rate);
        return take(mv, distance, rate);
    }

    boolean take(int mv, int distance, int rate) {
        if (distance + rate >= bestCost) {
            return false;
        }
        bestCost = distance + rate;
        bestDistance = distance;
        bestMv = mv;
        return true;
    }

    /** Goes the way of hexagons, each sharing three corners with the one before. */
    private void descend() {
        int direction = hexagon(0, 6);
        for (int steps = 0; direction >= 0 && steps < MAX_STEPS; steps++) {
            direction = hexagon(direction + 5, 3);
        }
    }

    private void beside() {
        for (int steps = 0; steps < 2; steps++) {
            int cx = Mv.column(bestMv) >> 3;
            int cy = Mv.row(bestMv) >> 3;
            boolean better = false;
            for (int i = 0; i < CROSS_X.length; i++) {
                better |= tryWhole(cx + CROSS_X[i], cy + CROSS_Y[i]);
            }
            if (!better) {
                return;
            }
        }
    }

    /** The corner that is best, or −1 where the middle is. */
    private int hexagon(int first, int count) {
        int cx = Mv.column(bestMv) >> 3;
        int cy = Mv.row(bestMv) >> 3;
        int best = -1;
        for (int i = first; i < first + count; i++) {
            int corner = i % 6;
            if (tryWhole(cx + HEXAGON_X[corner], cy + HEXAGON_Y[corner])) {
                best = corner;
            }
        }
        return best;
    }
}
