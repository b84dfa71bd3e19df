package dev.jvmrtc.codec.vp8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The six-tap filters between pixels (RFC 6386 §18.3), eight pixels at a time in the 16-bit lanes of two longs. Taps
 * that are added reach 160·255, those that are subtracted 32·255: with 8192 added, which is 64 after the division by
 * 128, no lane is ever negative or too large.
 */
final class SixTap {
    /**
     * By eighths of a pixel up to a half; those beyond are their mirror images. The second and the fifth are
     * subtracted.
     */
    private static final int[][] TAPS = {
        {0, 0, 128, 0, 0, 0},
        {0, 6, 123, 12, 1, 0},
        {2, 11, 108, 36, 8, 1},
        {0, 9, 93, 50, 6, 0},
        {3, 16, 77, 77, 16, 3}
    };

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EVEN = 0x00FF00FF00FF00FFL;
    private static final long ONE = 0x0001000100010001L;
    private static final long HIGH = 0x8000800080008000L;
    private static final long QUOTIENT = 0x01FF01FF01FF01FFL;
    /** What is added before the division and stays behind after it. */
    private static final long OFFSET = 64 * ONE;

    /** The same before the division, with a half for rounding. */
    private static final long START = 128 * OFFSET + 64 * ONE;

    private SixTap() {}

    private static long load(byte[] b, int at) {
        return (long) LONG.get(b, at);
    }

    /** Lanes of 0 to 383 that stand for −64 to 319, clamped to 0 to 255. */
    private static long clamp(long v) {
        long shifted = (v | HIGH) - OFFSET;
        long sign = shifted & HIGH;
        long positive = shifted & sign - (sign >>> 15);
        long over = positive & 0x0100010001000100L;
        return (positive | over - (over >>> 8)) & EVEN;
    }

    private static long quotient(long sum) {
        return clamp(sum >>> 7 & QUOTIENT);
    }

    /** One direction: {@code step} leads from a tap to the next. */
    static void filter(
            byte[] src,
            int at,
            int srcStride,
            int step,
            int eighths,
            int width,
            int height,
            byte[] dst,
            int to,
            int dstStride) {
        if (eighths > 4) {
            at += step;
            step = -step;
            eighths = 8 - eighths;
        }
        if (width < 8) {
            narrow(src, at, srcStride, step, TAPS[eighths], width, height, dst, to, dstStride);
        } else if (TAPS[eighths][0] != 0) {
            six(src, at, srcStride, step, TAPS[eighths], width, height, dst, to, dstStride);
        } else {
            four(src, at, srcStride, step, TAPS[eighths], width, height, dst, to, dstStride);
        }
    }

    /** Even eighths: all six taps. */
    private static void six(
            byte[] src,
            int at,
            int srcStride,
            int step,
            int[] taps,
            int width,
            int height,
            byte[] dst,
            int to,
            int dstStride) {
        long t0 = taps[0];
        long t1 = taps[1];
        long t2 = taps[2];
        long t3 = taps[3];
        long t4 = taps[4];
        long t5 = taps[5];
        for (int r = 0; r < height; r++) {
            for (int c = 0; c < width; c += 8) {
                int i = at + c;
                long v0 = load(src, i - 2 * step);
                long v1 = load(src, i - step);
                long v2 = load(src, i);
                long v3 = load(src, i + step);
                long v4 = load(src, i + 2 * step);
                long v5 = load(src, i + 3 * step);
                long even = (v2 & EVEN) * t2
                        + (v3 & EVEN) * t3
                        + (v0 & EVEN) * t0
                        + (v5 & EVEN) * t5
                        + START
                        - (v1 & EVEN) * t1
                        - (v4 & EVEN) * t4;
                long odd = (v2 >>> 8 & EVEN) * t2
                        + (v3 >>> 8 & EVEN) * t3
                        + (v0 >>> 8 & EVEN) * t0
                        + (v5 >>> 8 & EVEN) * t5
                        + START
                        - (v1 >>> 8 & EVEN) * t1
                        - (v4 >>> 8 & EVEN) * t4;
                LONG.set(dst, to + c, quotient(even) | quotient(odd) << 8);
            }
            at += srcStride;
            to += dstStride;
        }
    }

    /** Odd eighths: the outermost taps are zero. */
    private static void four(
            byte[] src,
            int at,
            int srcStride,
            int step,
            int[] taps,
            int width,
            int height,
            byte[] dst,
            int to,
            int dstStride) {
        long t1 = taps[1];
        long t2 = taps[2];
        long t3 = taps[3];
        long t4 = taps[4];
        for (int r = 0; r < height; r++) {
            for (int c = 0; c < width; c += 8) {
                int i = at + c;
                long v1 = load(src, i - step);
                long v2 = load(src, i);
                long v3 = load(src, i + step);
                long v4 = load(src, i + 2 * step);
                long even = (v2 & EVEN) * t2 + (v3 & EVEN) * t3 + START - (v1 & EVEN) * t1 - (v4 & EVEN) * t4;
                long odd = (v2 >>> 8 & EVEN) * t2
                        + (v3 >>> 8 & EVEN) * t3
                        + START
                        - (v1 >>> 8 & EVEN) * t1
                        - (v4 >>> 8 & EVEN) * t4;
                LONG.set(dst, to + c, quotient(even) | quotient(odd) << 8);
            }
            at += srcStride;
            to += dstStride;
        }
    }

    /** Blocks of four pixels, one by one. */
    private static void narrow(
            byte[] src,
            int at,
            int srcStride,
            int step,
            int[] taps,
            int width,
            int height,
            byte[] dst,
            int to,
            int dstStride) {
        for (int r = 0; r < height; r++) {
            for (int c = 0; c < width; c++) {
                int i = at + c;
                int v = (src[i] & 0xFF) * taps[2]
                        + (src[i + step] & 0xFF) * taps[3]
                        - (src[i - step] & 0xFF) * taps[1]
                        - (src[i + 2 * step] & 0xFF) * taps[4]
                        + 64;
                if (taps[0] != 0) {
                    v += (src[i - 2 * step] & 0xFF) * taps[0] + (src[i + 3 * step] & 0xFF) * taps[5];
                }
                dst[to + c] = (byte) Transform.clamp255(v >> 7);
            }
            at += srcStride;
            to += dstStride;
        }
    }
}
