package dev.jvmrtc.codec.vp8;

/**
 * Prediction from another picture, moved by a vector of eighths of a pixel (RFC 6386 §18). Beyond its edges that
 * picture goes on for ever with its outermost pixels; "outside" is outside whole macroblocks, not what is shown.
 */
final class InterPrediction {
    private static final int BEFORE = 2;
    private static final int AFTER = 3;
    private static final int WORK = 16 + BEFORE + AFTER;

    private final byte[] gathered = new byte[WORK * WORK];
    private final byte[] rows = new byte[16 * WORK];
    private boolean bilinear;
    private boolean fullPixelColours;

    /** RFC 6386 §9.1: the version says how exactly is interpolated. */
    void setVersion(int version) {
        bilinear = version != 0;
        fullPixelColours = version == 3;
    }

    /** All of a macroblock. */
    void predict(Picture from, Macroblock mb, Picture to, int mbRow, int mbColumn) {
        int x = mbColumn * 16;
        int y = mbRow * 16;
        int rowsOfY = from.mbRows * 16;
        if (mb.mode != Modes.SPLIT_MV) {
            block(from.y, from.stride, rowsOfY, x, y, mb.mv, 16, to.y, y * to.stride + x, to.stride);
            // A vector of brightness counts quarters of its pixels: the same number is eighths of the colours' pixels,
            // half of ours.
            int mv = ofColours(Mv.of(half(Mv.row(mb.mv)), half(Mv.column(mb.mv))));
            colours(from, mv, to, x / 2, y / 2, 8);
            return;
        }
        int size = mb.split == Mv.SPLIT_SIXTEENTHS ? 4 : 8;
        for (int by = 0; by < 16; by += size) {
            for (int bx = 0; bx < 16; bx += size) {
                block(
                        from.y,
                        from.stride,
                        rowsOfY,
                        x + bx,
                        y + by,
                        mb.blockMvs[by + (bx >> 2)],
                        size,
                        to.y,
                        (y + by) * to.stride + x + bx,
                        to.stride);
            }
        }
        for (int by = 0; by < 2; by++) {
            for (int bx = 0; bx < 2; bx++) {
                colours(
                        from,
                        ofColours(averageOfFour(mb.blockMvs, by * 8 + bx * 2)),
                        to,
                        x / 2 + bx * 4,
                        y / 2 + by * 4,
                        4);
            }
        }
    }

    private static int half(int v) {
        return v / 2;
    }

    private int ofColours(int mv) {
        return fullPixelColours ? mv & 0xFFF8FFF8 : mv;
    }

    static int averageOfFour(int[] mvs, int first) {
        int r = Mv.row(mvs[first]) + Mv.row(mvs[first + 1]) + Mv.row(mvs[first + 4]) + Mv.row(mvs[first + 5]);
        int c = Mv.column(mvs[first])
                + Mv.column(mvs[first + 1])
                + Mv.column(mvs[first + 4])
                + Mv.column(mvs[first + 5]);
        return Mv.of((r < 0 ? r - 4 : r + 4) / 8, (c < 0 ? c - 4 : c + 4) / 8);
    }

    private void colours(Picture from, int mv, Picture to, int x, int y, int size) {
        int stride = from.uvStride();
        int n = from.mbRows * 8;
        int at = y * stride + x;
        block(from.u, stride, n, x, y, mv, size, to.u, at, stride);
        block(from.v, stride, n, x, y, mv, size, to.v, at, stride);
    }

    /** A square of pixels; the plane is {@code stride} pixels wide. */
    void block(
            byte[] plane, int stride, int height, int x, int y, int mv, int size, byte[] dst, int to, int dstStride) {
        int px = x + (Mv.column(mv) >> 3);
        int py = y + (Mv.row(mv) >> 3);
        int fx = mv & 7;
        int fy = mv >> 16 & 7;
        byte[] src = plane;
        int at = py * stride + px;
        int srcStride = stride;
        if (px < BEFORE || py < BEFORE || px + size + AFTER > stride || py + size + AFTER > height) {
            gather(plane, stride, height, px - BEFORE, py - BEFORE, size + BEFORE + AFTER);
            src = gathered;
            srcStride = WORK;
            at = BEFORE * WORK + BEFORE;
        }
        if (fx == 0 && fy == 0) {
            for (int r = 0; r < size; r++) {
                System.arraycopy(src, at + r * srcStride, dst, to + r * dstStride, size);
            }
        } else if (bilinear) {
            bilinear(src, at, srcStride, fx, fy, size, dst, to, dstStride);
        } else if (fy == 0) {
            SixTap.filter(src, at, srcStride, 1, fx, size, size, dst, to, dstStride);
        } else if (fx == 0) {
            SixTap.filter(src, at, srcStride, srcStride, fy, size, size, dst, to, dstStride);
        } else {
            // Odd eighths have four taps.
            int before = BEFORE - (fy & 1);
            int height2 = size + BEFORE + AFTER - 2 * (fy & 1);
            SixTap.filter(src, at - before * srcStride, srcStride, 1, fx, size, height2, rows, 0, 16);
            SixTap.filter(rows, before * 16, 16, 16, fy, size, size, dst, to, dstStride);
        }
    }

    private void gather(byte[] plane, int stride, int height, int x, int y, int size) {
        for (int r = 0; r < size; r++) {
            int row = Math.max(0, Math.min(height - 1, y + r)) * stride;
            for (int c = 0; c < size; c++) {
                gathered[r * WORK + c] = plane[row + Math.max(0, Math.min(stride - 1, x + c))];
            }
        }
    }

    private void bilinear(
            byte[] src, int at, int srcStride, int fx, int fy, int size, byte[] dst, int to, int dstStride) {
        int a = 128 - 16 * fx;
        int b = 16 * fx;
        for (int r = 0; r <= size; r++) {
            for (int c = 0; c < size; c++) {
                int i = at + r * srcStride + c;
                rows[r * 16 + c] = (byte) ((src[i] & 0xFF) * a + (src[i + 1] & 0xFF) * b + 64 >> 7);
            }
        }
        a = 128 - 16 * fy;
        b = 16 * fy;
        for (int r = 0; r < size; r++) {
            for (int c = 0; c < size; c++) {
                int i = r * 16 + c;
                dst[to + r * dstStride + c] = (byte) ((rows[i] & 0xFF) * a + (rows[i + 16] & 0xFF) * b + 64 >> 7);
            }
        }
    }
}
