package dev.jvmrtc.codec.vp8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The normal loop filter (RFC 6386 §15.3) on eight pixels along an edge at once, in the 16-bit lanes of longs. Signed
 * numbers of the RFC are kept with 128 added, as it does with pixels itself.
 *
 * <p>One for each thread: it works in an array of its own.
 */
final class EdgeFilter {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONE = 0x0001000100010001L;
    private static final long EVEN = 0xFF * ONE;
    private static final long BIT_8 = 0x100 * ONE;
    private static final long BIT_14 = 0x4000 * ONE;
    private static final long HIGH = 0x8000 * ONE;

    /** Lines of eight pixels from four before the edge to three behind it. */
    private final long[] lines = new long[8];

    /** Of {@link #BIT_14}: more than that a sum may have, as {@link #near} wants it. */
    private long edgeLimit;

    private long interiorLimit;
    private long varianceLimit;
    private boolean macroblock;

    /**
     * Which edges are smoothed, and how.
     *
     * @param macroblock whether edges of macroblocks follow, not those within
     */
    void set(int limit, int interior, int highVariance, boolean macroblock) {
        edgeLimit = BIT_14 + limit * ONE;
        interiorLimit = BIT_14 + interior * ONE;
        varianceLimit = BIT_14 + highVariance * ONE;
        this.macroblock = macroblock;
    }

    /** An edge that goes to the right: {@code at} is the first pixel below it. */
    void horizontal(byte[] b, int at, int stride, int length) {
        for (int end = at + length; at < end; at += 8) {
            for (int i = 0, from = at - 4 * stride; i < 8; i++, from += stride) {
                lines[i] = (long) LONG.get(b, from);
            }
            if (filter()) {
                for (int i = 1, to = at - 3 * stride; i < 7; i++, to += stride) {
                    LONG.set(b, to, lines[i]);
                }
            }
        }
    }

    /** An edge that goes down: {@code at} is the first pixel on its right. */
    void vertical(byte[] b, int at, int stride, int length) {
        for (int n = 0; n < length; n += 8, at += 8 * stride) {
            for (int i = 0, from = at - 4; i < 8; i++, from += stride) {
                lines[i] = (long) LONG.get(b, from);
            }
            transpose();
            if (filter()) {
                transpose();
                for (int i = 0, to = at - 4; i < 8; i++, to += stride) {
                    LONG.set(b, to, lines[i]);
                }
            }
        }
    }

    /** Rows to columns: pairs of bytes, then of two, then of four change places. */
    private void transpose() {
        long[] v = lines;
        for (int i = 0; i < 8; i += 2) {
            long t = (v[i] >>> 8 ^ v[i + 1]) & 0x00FF00FF00FF00FFL;
            v[i + 1] ^= t;
            v[i] ^= t << 8;
        }
        for (int i = 0; i < 8; i += (i & 1) == 0 ? 1 : 3) {
            long t = (v[i] >>> 16 ^ v[i + 2]) & 0x0000FFFF0000FFFFL;
            v[i + 2] ^= t;
            v[i] ^= t << 16;
        }
        for (int i = 0; i < 4; i++) {
            long t = (v[i] >>> 32 ^ v[i + 4]) & 0x00000000FFFFFFFFL;
            v[i + 4] ^= t;
            v[i] ^= t << 32;
        }
    }

    /** Bit 14 of the lanes that differ by no more than the limit that was added to it. */
    private static long near(long a, long b, long limit) {
        return a + limit - b & b + limit - a;
    }

    /** How far lanes of a are above those of b, else 0. */
    private static long above(long a, long b) {
        long d = a + BIT_8 - b;
        long sign = d & BIT_8;
        return d & sign - (sign >>> 8);
    }

    /** Lanes that hold a number with 2^15 added, clamped to 0 to 255. */
    private static long clamp(long v) {
        long sign = v & HIGH;
        long positive = v & sign - (sign >>> 15);
        long over = positive + (0x7FFF - 255) * ONE & HIGH;
        return (positive | (over >>> 7) - (over >>> 15)) & EVEN;
    }

    private static long atMost255(long v) {
        long over = v & BIT_8;
        return (v | over - (over >>> 8)) & EVEN;
    }

    private static long select(long mask, long a, long b) {
        return b ^ (a ^ b) & mask;
    }

    /** Whether any of the {@link #lines} became another. */
    private boolean filter() {
        long[] v = lines;
        if (v[3] == v[4] && v[2] == v[5]) {
            return false; // flat across the edge: nothing to smooth
        }
        boolean any = false;
        for (int shift = 0; shift <= 8; shift += 8) {
            long p3 = v[0] >>> shift & EVEN;
            long p2 = v[1] >>> shift & EVEN;
            long p1 = v[2] >>> shift & EVEN;
            long p0 = v[3] >>> shift & EVEN;
            long q0 = v[4] >>> shift & EVEN;
            long q1 = v[5] >>> shift & EVEN;
            long q2 = v[6] >>> shift & EVEN;
            long q3 = v[7] >>> shift & EVEN;
            long step = (above(p0, q0) + above(q0, p0) << 1) + ((above(p1, q1) + above(q1, p1)) >>> 1 & EVEN);
            // Whether the pixels on the two sides differ by so little that the difference is the codec's, not the
            // picture's.
            long smooth = edgeLimit - step
                    & near(p3, p2, interiorLimit)
                    & near(p2, p1, interiorLimit)
                    & near(p1, p0, interiorLimit)
                    & near(q0, q1, interiorLimit)
                    & near(q1, q2, interiorLimit)
                    & near(q2, q3, interiorLimit)
                    & BIT_14;
            if (smooth == 0) {
                continue;
            }
            any = true;
            long mask = (smooth >>> 6) - (smooth >>> 14);
            long even = near(p1, p0, varianceLimit) & near(q1, q0, varianceLimit) & BIT_14;
            long low = (even >>> 6) - (even >>> 14);
            long outer = clamp(p1 + HIGH + 128 * ONE - q1);
            if (!macroblock) {
                outer = select(low, 128 * ONE, outer);
            }
            long f = clamp(outer + HIGH + 3 * q0 - 3 * p0);
            // The two of RFC 6386 §15.2, each with 16 added.
            long f1 = atMost255(f + 4 * ONE) >>> 3 & 0x1F * ONE;
            long f2 = atMost255(f + 3 * ONE) >>> 3 & 0x1F * ONE;
            long newQ0 = clamp(q0 + HIGH + 16 * ONE - f1);
            long newP0 = clamp(p0 + HIGH - 16 * ONE + f2);
            long clear = ~(EVEN << shift);
            if (macroblock) {
                long u = 27 * f + 63 * ONE >>> 7 & EVEN;
                newQ0 = select(low, clamp(q0 + HIGH + 27 * ONE - u), newQ0);
                newP0 = select(low, clamp(p0 + HIGH - 27 * ONE + u), newP0);
                low &= mask;
                u = 18 * f + 63 * ONE >>> 7 & EVEN;
                q1 = select(low, clamp(q1 + HIGH + 18 * ONE - u), q1);
                p1 = select(low, clamp(p1 + HIGH - 18 * ONE + u), p1);
                u = 9 * f + 63 * ONE >>> 7 & EVEN;
                v[6] = v[6] & clear | select(low, clamp(q2 + HIGH + 9 * ONE - u), q2) << shift;
                v[1] = v[1] & clear | select(low, clamp(p2 + HIGH - 9 * ONE + u), p2) << shift;
            } else {
                low &= mask;
                long half = f1 + ONE >>> 1 & 0x1F * ONE;
                q1 = select(low, clamp(q1 + HIGH + 8 * ONE - half), q1);
                p1 = select(low, clamp(p1 + HIGH - 8 * ONE + half), p1);
            }
            v[5] = v[5] & clear | q1 << shift;
            v[2] = v[2] & clear | p1 << shift;
            v[4] = v[4] & clear | select(mask, newQ0, q0) << shift;
            v[3] = v[3] & clear | select(mask, newP0, p0) << shift;
        }
        return any;
    }
}
