package dev.jvmrtc.codec.vp8;

/**
 * The transforms of a block (RFC 6386 §14.3, §14.4), exact to the last bit where the decoder needs it, and their
 * counterparts for the encoder.
 */
final class Transform {
    private static final int COS_MINUS_1 = 20091;
    private static final int SIN = 35468;

    private Transform() {}

    static int clamp255(int v) {
        return (v & ~255) == 0 ? v : ~v >> 31 & 255;
    }

    /** Adds what 16 coefficients stand for to a block of 4x4 pixels. {@code work} has room for 16 numbers. */
    static void inverseDctAdd(short[] c, int at, int[] work, byte[] dst, int to, int stride) {
        for (int i = 0; i < 4; i++) {
            int i0 = c[at + i];
            int i4 = c[at + 4 + i];
            int i8 = c[at + 8 + i];
            int i12 = c[at + 12 + i];
            int a = i0 + i8;
            int b = i0 - i8;
            int s = (i4 * SIN >> 16) - (i12 + (i12 * COS_MINUS_1 >> 16));
            int d = i4 + (i4 * COS_MINUS_1 >> 16) + (i12 * SIN >> 16);
            work[i] = (short) (a + d);
            work[12 + i] = (short) (a - d);
            work[4 + i] = (short) (b + s);
            work[8 + i] = (short) (b - s);
        }
        for (int i = 0; i < 16; i += 4) {
            int i0 = work[i];
            int i1 = work[i + 1];
            int i2 = work[i + 2];
            int i3 = work[i + 3];
            int a = i0 + i2;
            int b = i0 - i2;
            int s = (i1 * SIN >> 16) - (i3 + (i3 * COS_MINUS_1 >> 16));
            int d = i1 + (i1 * COS_MINUS_1 >> 16) + (i3 * SIN >> 16);
            dst[to] = (byte) clamp255((dst[to] & 0xFF) + (a + d + 4 >> 3));
            dst[to + 1] = (byte) clamp255((dst[to + 1] & 0xFF) + (b + s + 4 >> 3));
            dst[to + 2] = (byte) clamp255((dst[to + 2] & 0xFF) + (b - s + 4 >> 3));
            dst[to + 3] = (byte) clamp255((dst[to + 3] & 0xFF) + (a - d + 4 >> 3));
            to += stride;
        }
    }

    /** The same for a block whose first coefficient alone is not zero. */
    static void inverseDcAdd(int dc, byte[] dst, int to, int stride) {
        int v = dc + 4 >> 3;
        for (int r = 0; r < 4; r++) {
            for (int i = to; i < to + 4; i++) {
                dst[i] = (byte) clamp255((dst[i] & 0xFF) + v);
            }
            to += stride;
        }
    }

    /** From the block of first coefficients at {@code at} to the first coefficients of the sixteen blocks. */
    static void inverseWalsh(short[] c, int at, int[] work) {
        for (int i = 0; i < 4; i++) {
            int a = c[at + i] + c[at + 12 + i];
            int b = c[at + 4 + i] + c[at + 8 + i];
            int s = c[at + 4 + i] - c[at + 8 + i];
            int d = c[at + i] - c[at + 12 + i];
            work[i] = (short) (a + b);
            work[4 + i] = (short) (s + d);
            work[8 + i] = (short) (a - b);
            work[12 + i] = (short) (d - s);
        }
        for (int i = 0; i < 16; i += 4) {
            int a = work[i] + work[i + 3];
            int b = work[i + 1] + work[i + 2];
            int s = work[i + 1] - work[i + 2];
            int d = work[i] - work[i + 3];
            c[i * 16] = (short) (a + b + 3 >> 3);
            c[i * 16 + 16] = (short) (s + d + 3 >> 3);
            c[i * 16 + 32] = (short) (a - b + 3 >> 3);
            c[i * 16 + 48] = (short) (d - s + 3 >> 3);
        }
    }

    /** √2·cos(π/8) and √2·sin(π/8) in 4096ths. */
    private static final int FORWARD_COS = 5352;

    private static final int FORWARD_SIN = 2217;

    /** The difference of 4x4 pixels from their prediction, as coefficients that {@link #inverseDctAdd} turns back. */
    static void forwardDct(
            byte[] source,
            int from,
            int sourceStride,
            byte[] prediction,
            int at,
            int stride,
            int[] work,
            short[] c,
            int to) {
        for (int i = 0; i < 16; i += 4) {
            int d0 = (source[from] & 0xFF) - (prediction[at] & 0xFF);
            int d1 = (source[from + 1] & 0xFF) - (prediction[at + 1] & 0xFF);
            int d2 = (source[from + 2] & 0xFF) - (prediction[at + 2] & 0xFF);
            int d3 = (source[from + 3] & 0xFF) - (prediction[at + 3] & 0xFF);
            int a = d0 + d3;
            int b = d1 + d2;
            int s = d1 - d2;
            int d = d0 - d3;
            work[i] = a + b << 3;
            work[i + 2] = a - b << 3;
            work[i + 1] = s * FORWARD_SIN + d * FORWARD_COS + 256 >> 9;
            work[i + 3] = d * FORWARD_SIN - s * FORWARD_COS + 256 >> 9;
            from += sourceStride;
            at += stride;
        }
        for (int i = 0; i < 4; i++) {
            int a = work[i] + work[12 + i];
            int b = work[4 + i] + work[8 + i];
            int s = work[4 + i] - work[8 + i];
            int d = work[i] - work[12 + i];
            c[to + i] = (short) (a + b + 8 >> 4);
            c[to + 8 + i] = (short) (a - b + 8 >> 4);
            c[to + 4 + i] = (short) (s * FORWARD_SIN + d * FORWARD_COS + 32768 >> 16);
            c[to + 12 + i] = (short) (d * FORWARD_SIN - s * FORWARD_COS + 32768 >> 16);
        }
    }

    /**
     * From the first coefficients of sixteen blocks to the block at {@code to}; the inverse of {@link #inverseWalsh}.
     */
    static void forwardWalsh(short[] c, int to, int[] work) {
        for (int i = 0; i < 16; i += 4) {
            int a = c[i * 16] + c[i * 16 + 16];
            int b = c[i * 16 + 32] + c[i * 16 + 48];
            int s = c[i * 16] - c[i * 16 + 16];
            int d = c[i * 16 + 32] - c[i * 16 + 48];
            work[i] = a + b;
            work[i + 1] = a - b;
            work[i + 2] = s - d;
            work[i + 3] = s + d;
        }
        for (int i = 0; i < 4; i++) {
            int a = work[i] + work[4 + i];
            int b = work[8 + i] + work[12 + i];
            int s = work[i] - work[4 + i];
            int d = work[8 + i] - work[12 + i];
            c[to + i] = (short) (a + b + 1 >> 1);
            c[to + 4 + i] = (short) (a - b + 1 >> 1);
            c[to + 8 + i] = (short) (s - d + 1 >> 1);
            c[to + 12 + i] = (short) (s + d + 1 >> 1);
        }
    }
}
