package dev.jvmrtc.codec.vp8;

/**
 * Looks between the pixels around the best whole vector of a {@link MotionSearch}. It works with averages instead of
 * the format's filters, which cost much more and rank nearly the same.
 */
final class SubpixelSearch {
    // The neighbourhood of a block, and its averages with the pixels to the right, below, and both. Rows and columns
    // begin at −1.
    private static final int STRIDE = 32;
    private static final int ROWS = 18;
    private static final int WIDTH = 24;

    private final MotionSearch motion;
    /** The neighbourhood where it is not all inside of the picture. */
    private final byte[] gathered = new byte[STRIDE * (ROWS + 1)];

    private final byte[] right = new byte[STRIDE * ROWS];
    private final byte[] below = new byte[STRIDE * ROWS];
    private final byte[] both = new byte[STRIDE * ROWS];
    private byte[] whole;
    private int wholeAt;
    private int wholeStride;

    SubpixelSearch(MotionSearch motion) {
        this.motion = motion;
    }

    /**
     * Around {@code mv}, which points to the pixels at {@code px}, {@code py}; better ones are told to the search.
     *
     * @param middle what every second row at {@code mv} differs by, doubled
     */
    void search(Picture reference, int px, int py, int mv, int middle) {
        prepare(reference, px, py);
        int left = sparse(-2, 0);
        int rightwards = sparse(2, 0);
        int up = sparse(0, -2);
        int down = sparse(0, 2);
        int qx = lowest(left, middle, rightwards);
        int qy = lowest(up, middle, down);
        if (qx != 0 || qy != 0) {
            attempt(mv, qx, qy);
        }
    }

    /** Where a parabola is lowest through three distances half a pixel apart, in quarters from the middle one. */
    private static int lowest(int before, int middle, int after) {
        int bend = before - 2 * middle + after;
        if (bend <= 0) {
            return before < after ? -2 : 2;
        }
        int doubled = 2 * (before - after);
        int q = (Math.abs(doubled) + bend) / (2 * bend);
        return Math.min(3, q) * Integer.signum(doubled);
    }

    private void attempt(int wholeMv, int qx, int qy) {
        int mv = Mv.of(Mv.row(wholeMv) + qy * 2, Mv.column(wholeMv) + qx * 2);
        motion.take(mv, distance(qx, qy), motion.rateOf(mv));
    }

    private int sparse(int qx, int qy) {
        byte[] a = plane(qx >> 1, qy >> 1);
        return BlockDistance.sparse16(motion.block, a, at(a, qx >> 1, qy >> 1), stride(a), Integer.MAX_VALUE);
    }

    private void prepare(Picture reference, int px, int py) {
        int height = reference.mbRows * 16;
        int stride = reference.stride;
        if (px >= 1 && py >= 1 && px + WIDTH <= stride && py + ROWS <= height) {
            whole = reference.y;
            wholeAt = (py - 1) * stride + px - 1;
            wholeStride = stride;
        } else {
            gather(reference.y, stride, height, px, py);
            whole = gathered;
            wholeAt = 0;
            wholeStride = STRIDE;
        }
        BlockDistance.average(whole, wholeAt, wholeAt + 1, wholeStride, WIDTH, ROWS, right, 0, STRIDE);
        BlockDistance.average(whole, wholeAt, wholeAt + wholeStride, wholeStride, WIDTH, ROWS - 1, below, 0, STRIDE);
        BlockDistance.average(right, 0, STRIDE, STRIDE, WIDTH, ROWS - 1, both, 0, STRIDE);
    }

    private void gather(byte[] plane, int stride, int height, int px, int py) {
        for (int r = 0; r <= ROWS; r++) {
            int row = Math.max(0, Math.min(height - 1, py - 1 + r)) * stride;
            for (int c = 0; c <= WIDTH; c++) {
                gathered[r * STRIDE + c] = plane[row + Math.max(0, Math.min(stride - 1, px - 1 + c))];
            }
        }
    }

    private byte[] plane(int halfX, int halfY) {
        return (halfX & 1) == 0 ? (halfY & 1) == 0 ? whole : below : (halfY & 1) == 0 ? right : both;
    }

    private int stride(byte[] plane) {
        return plane == whole ? wholeStride : STRIDE;
    }

    private int at(byte[] plane, int halfX, int halfY) {
        return plane == whole
                ? wholeAt + ((halfY >> 1) + 1) * wholeStride + (halfX >> 1) + 1
                : ((halfY >> 1) + 1) * STRIDE + (halfX >> 1) + 1;
    }

    /** Quarters of a pixel from the best whole vector, up to three in each direction. */
    private int distance(int qx, int qy) {
        int hx = qx >> 1;
        int hy = qy >> 1;
        byte[] a = plane(hx, hy);
        if (((qx | qy) & 1) == 0) {
            return BlockDistance.sad16(motion.block, a, at(a, hx, hy), stride(a), Integer.MAX_VALUE);
        }
        int hx2 = hx + (qx & 1);
        int hy2 = hy + (qy & 1);
        byte[] b = plane(hx2, hy2);
        return BlockDistance.sad16(
                motion.block, a, at(a, hx, hy), stride(a), b, at(b, hx2, hy2), stride(b), Integer.MAX_VALUE);
    }
}
