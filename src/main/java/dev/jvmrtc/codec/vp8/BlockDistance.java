package dev.jvmrtc.codec.vp8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * How much blocks differ. Sums of absolute differences work on eight pixels at once within longs, which the compiler's
 * own vectors do not do for bytes on the oldest JVM that is supported.
 *
 * <p>Four pixels a, of 16 bits each, with 256 added, minus four pixels b leave 256 + a − b in each lane: its bit 8 says
 * whether a ≥ b, and where it is set the eight bits below are a − b. With P the sum of those, X the sum of all lanes
 * and n pixels, the sum of absolute differences is 2·P − (X − 256·n).
 */
final class BlockDistance {
    /** Longs of a macroblock's brightness in {@link #unpack}ed form. */
    static final int UNPACKED = 64;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EVEN = 0x00FF00FF00FF00FFL;
    private static final long BIAS = 0x0100010001000100L;
    private static final long ONE = 0x0001000100010001L;
    private static final long LOW_7 = 0x7F7F7F7F7F7F7F7FL;

    private BlockDistance() {}

    private static long load(byte[] b, int at) {
        return (long) LONG.get(b, at);
    }

    /** Of those lanes that are not negative, what they hold. */
    private static long positive(long lanes) {
        long sign = lanes & BIAS;
        return lanes & sign - (sign >>> 8);
    }

    /** The sum of absolute differences: {@code count} values were added in each lane. */
    private static int sum(long positives, long all, int count) {
        return (int) (((positives << 1) + count * BIAS - all) * ONE >>> 48);
    }

    /** Takes 16x16 pixels apart, once for all distances from them: for each row even and odd ones of either half. */
    static void unpack(byte[] a, int at, int stride, long[] to) {
        for (int i = 0; i < UNPACKED; i += 4) {
            long left = load(a, at);
            long right = load(a, at + 8);
            to[i] = left & EVEN | BIAS;
            to[i + 1] = left >>> 8 & EVEN | BIAS;
            to[i + 2] = right & EVEN | BIAS;
            to[i + 3] = right >>> 8 & EVEN | BIAS;
            at += stride;
        }
    }

    /** Of 16x16 pixels; once {@code limit} is passed, any number not below it. */
    static int sad16(long[] block, byte[] b, int bt, int stride, int limit) {
        return sad16(block, b, bt, stride, 1, limit);
    }

    /** The same of every second row, doubled: near enough to tell candidates apart. */
    static int sparse16(long[] block, byte[] b, int bt, int stride, int limit) {
        return sad16(block, b, bt, stride, 2, limit);
    }

    /** Of one row in so many; the limit is looked at after four. */
    private static int sad16(long[] block, byte[] b, int bt, int stride, int rows, int limit) {
        long positives = 0;
        long all = 0;
        for (int i = 0; i < UNPACKED; ) {
            for (int end = i + 16 * rows; i < end; i += 4 * rows) {
                long left = load(b, bt);
                long right = load(b, bt + 8);
                bt += rows * stride;
                long x0 = block[i] - (left & EVEN);
                long x1 = block[i + 1] - (left >>> 8 & EVEN);
                long x2 = block[i + 2] - (right & EVEN);
                long x3 = block[i + 3] - (right >>> 8 & EVEN);
                positives += positive(x0) + positive(x1) + positive(x2) + positive(x3);
                all += x0 + x1 + x2 + x3;
            }
            int sum = rows * sum(positives, all, i / rows);
            if (sum >= limit) {
                return sum;
            }
        }
        return rows * sum(positives, all, UNPACKED / rows);
    }

    /** From the average of two blocks. */
    static int sad16(long[] block, byte[] b, int bt, int bStride, byte[] c, int ct, int cStride, int limit) {
        return sad16(block, b, bt, bStride, c, ct, cStride, 1, limit);
    }

    /** The same of every second row, doubled. */
    static int sparse16(long[] block, byte[] b, int bt, int bStride, byte[] c, int ct, int cStride, int limit) {
        return sad16(block, b, bt, bStride, c, ct, cStride, 2, limit);
    }

    private static int sad16(
            long[] block, byte[] b, int bt, int bStride, byte[] c, int ct, int cStride, int rows, int limit) {
        long positives = 0;
        long all = 0;
        for (int i = 0; i < UNPACKED; ) {
            for (int end = i + 16 * rows; i < end; i += 4 * rows) {
                long left = average(load(b, bt), load(c, ct));
                long right = average(load(b, bt + 8), load(c, ct + 8));
                bt += rows * bStride;
                ct += rows * cStride;
                long x0 = block[i] - (left & EVEN);
                long x1 = block[i + 1] - (left >>> 8 & EVEN);
                long x2 = block[i + 2] - (right & EVEN);
                long x3 = block[i + 3] - (right >>> 8 & EVEN);
                positives += positive(x0) + positive(x1) + positive(x2) + positive(x3);
                all += x0 + x1 + x2 + x3;
            }
            int sum = rows * sum(positives, all, i / rows);
            if (sum >= limit) {
                return sum;
            }
        }
        return rows * sum(positives, all, UNPACKED / rows);
    }

    /** From eight pixels in a row that all rows are predicted as, twice for 16. */
    static int sad16(long[] block, long left, long right) {
        long positives = 0;
        long all = 0;
        long leftEven = left & EVEN;
        long leftOdd = left >>> 8 & EVEN;
        long rightEven = right & EVEN;
        long rightOdd = right >>> 8 & EVEN;
        for (int i = 0; i < UNPACKED; i += 4) {
            long x0 = block[i] - leftEven;
            long x1 = block[i + 1] - leftOdd;
            long x2 = block[i + 2] - rightEven;
            long x3 = block[i + 3] - rightOdd;
            positives += positive(x0) + positive(x1) + positive(x2) + positive(x3);
            all += x0 + x1 + x2 + x3;
        }
        return sum(positives, all, UNPACKED);
    }

    /** How much the pixels of a block differ from their own average: what is left where nothing is known of them. */
    static int texture(long[] block) {
        long lanes = 0;
        for (int i = 0; i < UNPACKED; i++) {
            lanes += block[i] & EVEN;
        }
        long average = (lanes & 0xFFFF) + (lanes >>> 16 & 0xFFFF) + (lanes >>> 32 & 0xFFFF) + (lanes >>> 48) + 128 >> 8;
        long all = average * 0x0101010101010101L;
        return sad16(block, all, all);
    }

    static int sad8(byte[] a, int at, int aStride, byte[] b, int bt, int bStride) {
        long positives = 0;
        long all = 0;
        for (int r = 0; r < 8; r++) {
            long p = load(a, at);
            long q = load(b, bt);
            long even = (p & EVEN | BIAS) - (q & EVEN);
            long odd = (p >>> 8 & EVEN | BIAS) - (q >>> 8 & EVEN);
            positives += positive(even) + positive(odd);
            all += even + odd;
            at += aStride;
            bt += bStride;
        }
        return sum(positives, all, 16);
    }

    static int sad4(byte[] a, int at, int aStride, byte[] b, int bt, int bStride) {
        long positives = 0;
        long all = 0;
        for (int r = 0; r < 4; r += 2) {
            long p = (int) INT.get(a, at) & 0xFFFFFFFFL | (long) (int) INT.get(a, at + aStride) << 32;
            long q = (int) INT.get(b, bt) & 0xFFFFFFFFL | (long) (int) INT.get(b, bt + bStride) << 32;
            long even = (p & EVEN | BIAS) - (q & EVEN);
            long odd = (p >>> 8 & EVEN | BIAS) - (q >>> 8 & EVEN);
            positives += positive(even) + positive(odd);
            all += even + odd;
            at += 2 * aStride;
            bt += 2 * bStride;
        }
        return sum(positives, all, 4);
    }

    /**
     * What is left of two blocks of 4x4 side by side: {@link #sadOf} and {@link #differenceOf} tell what was packed.
     */
    static long residue(byte[] a, int at, int aStride, byte[] b, int bt, int bStride) {
        long positives = 0;
        long all = 0;
        for (int r = 0; r < 4; r++) {
            long p = load(a, at);
            long q = load(b, bt);
            long even = (p & EVEN | BIAS) - (q & EVEN);
            long odd = (p >>> 8 & EVEN | BIAS) - (q >>> 8 & EVEN);
            positives += positive(even) + positive(odd);
            all += even + odd;
            at += aStride;
            bt += bStride;
        }
        long sads = (positives << 1) + 8 * BIAS - all;
        sads += sads >>> 16;
        all += all >>> 16;
        return sads & 0x0000FFFF0000FFFFL | (all & 0x0000FFFF0000FFFFL) << 16;
    }

    /** Sum of absolute differences of the left block (0) or the right one (1). */
    static int sadOf(long residue, int block) {
        return (int) (residue >>> 32 * block) & 0xFFFF;
    }

    /** Sum of the differences themselves. */
    static int differenceOf(long residue, int block) {
        return ((int) (residue >>> 32 * block) >>> 16) - 16 * 256;
    }

    /** Of eight pixels each, rounded up. */
    private static long average(long a, long b) {
        return (a | b) - ((a ^ b) >>> 1 & LOW_7);
    }

    /** Writes averages of {@code width} pixels, a multiple of eight. */
    static void average(
            byte[] from, int at, int bt, int stride, int width, int height, byte[] to, int tt, int toStride) {
        for (int r = 0; r < height; r++) {
            for (int i = 0; i < width; i += 8) {
                LONG.set(to, tt + i, average(load(from, at + i), load(from, bt + i)));
            }
            at += stride;
            bt += stride;
            tt += toStride;
        }
    }
}
