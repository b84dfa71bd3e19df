package dev.jvmrtc.codec.vp8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * How much blocks differ. Sums of absolute differences work on eight pixels at once within a long, which the compiler's
 * own vectors do not do for bytes on the oldest JVM that is supported.
 */
final class BlockDistance {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EVEN = 0x00FF00FF00FF00FFL;
    private static final long HIGH = 0x8000800080008000L;
    private static final long ONE = 0x0001000100010001L;
    private static final long LOW_7 = 0x7F7F7F7F7F7F7F7FL;

    private BlockDistance() {}

    private static long load(byte[] b, int at) {
        return (long) LONG.get(b, at);
    }

    /** Of four 16-bit lanes below 256 each. */
    private static long absoluteDifference(long a, long b) {
        long x = (a | HIGH) - b;
        long negative = ~x >>> 15 & ONE;
        return (x ^ HIGH ^ (negative << 16) - negative) + negative;
    }

    private static long absoluteDifferences(long a, long b) {
        return absoluteDifference(a & EVEN, b & EVEN) + absoluteDifference(a >>> 8 & EVEN, b >>> 8 & EVEN);
    }

    private static int sumOfLanes(long v) {
        return (int) ((v & 0xFFFF) + (v >>> 16 & 0xFFFF) + (v >>> 32 & 0xFFFF) + (v >>> 48));
    }

    /** Of 16x16 pixels; once {@code limit} is passed, any number not below it. */
    static int sad16(byte[] a, int at, int aStride, byte[] b, int bt, int bStride, int limit) {
        int sum = 0;
        for (int half = 0; half < 2; half++) {
            long lanes = 0;
            for (int r = 0; r < 8; r++) {
                lanes += absoluteDifferences(load(a, at), load(b, bt))
                        + absoluteDifferences(load(a, at + 8), load(b, bt + 8));
                at += aStride;
                bt += bStride;
            }
            sum += sumOfLanes(lanes);
            if (sum >= limit) {
                return sum;
            }
        }
        return sum;
    }

    /** From the average of two blocks. */
    static int sad16(
            byte[] a, int at, int aStride, byte[] b, int bt, int bStride, byte[] c, int ct, int cStride, int limit) {
        int sum = 0;
        for (int half = 0; half < 2; half++) {
            long lanes = 0;
            for (int r = 0; r < 8; r++) {
                lanes += absoluteDifferences(load(a, at), average(load(b, bt), load(c, ct)))
                        + absoluteDifferences(load(a, at + 8), average(load(b, bt + 8), load(c, ct + 8)));
                at += aStride;
                bt += bStride;
                ct += cStride;
            }
            sum += sumOfLanes(lanes);
            if (sum >= limit) {
                return sum;
            }
        }
        return sum;
    }

    static int sad8(byte[] a, int at, int aStride, byte[] b, int bt, int bStride) {
        long lanes = 0;
        for (int r = 0; r < 8; r++) {
            lanes += absoluteDifferences(load(a, at), load(b, bt));
            at += aStride;
            bt += bStride;
        }
        return sumOfLanes(lanes);
    }

    static int sad4(byte[] a, int at, int aStride, byte[] b, int bt, int bStride) {
        int sum = 0;
        for (int r = 0; r < 4; r++) {
            for (int i = 0; i < 4; i++) {
                sum += Math.abs((a[at + i] & 0xFF) - (b[bt + i] & 0xFF));
            }
            at += aStride;
            bt += bStride;
        }
        return sum;
    }

    /** Of eight pixels each, rounded up. */
    private static long average(long a, long b) {
        return (a | b) - ((a ^ b) >>> 1 & LOW_7);
    }

    /** Writes averages of {@code width} pixels, a multiple of eight. */
    static void average(byte[] a, int at, int bt, int stride, int width, int height, byte[] to, int tt, int toStride) {
        for (int r = 0; r < height; r++) {
            for (int i = 0; i < width; i += 8) {
                LONG.set(to, tt + i, average(load(a, at + i), load(a, bt + i)));
            }
            at += stride;
            bt += stride;
            tt += toStride;
        }
    }

    /** The sum of squared differences of a rectangle. */
    static long squares(byte[] a, int at, int aStride, byte[] b, int bt, int bStride, int width, int height) {
        long sum = 0;
        for (int r = 0; r < height; r++) {
            int row = 0;
            for (int i = 0; i < width; i++) {
                int d = (a[at + i] & 0xFF) - (b[bt + i] & 0xFF);
                row += d * d;
            }
            sum += row;
            at += aStride;
            bt += bStride;
        }
        return sum;
    }
}
