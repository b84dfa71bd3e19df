package dev.jvmrtc.codec.g722;

/**
 * One of the two halves of the spectrum: its quantizer's scale, and the predictor that adapts itself (ITU-T G.722
 * §3.6). Names are those of the recommendation.
 */
final class Band {
    private static final int[] ILB = {
        2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960,
        3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008
    };

    /** The predicted sample. */
    int s;
    /** The quantizer's scale. */
    int det;

    private int nb;
    private int sz;
    private final int[] r = new int[3];
    private final int[] a = new int[3];
    private final int[] p = new int[3];
    private final int[] d = new int[7];
    private final int[] b = new int[7];

    Band(int det) {
        this.det = det;
    }

    static int saturate(int v) {
        return v > 32767 ? 32767 : Math.max(v, -32768);
    }

    /** Adapts the scale: {@code log} is its change, {@code max} its limit, {@code shift} the band's own range. */
    void scale(int log, int max, int shift) {
        nb = Math.max(0, Math.min(max, (nb * 127 >> 7) + log));
        int mantissa = ILB[nb >> 6 & 31];
        int exponent = shift - (nb >> 11);
        det = (exponent < 0 ? mantissa << -exponent : mantissa >> exponent) << 2;
    }

    /** Takes the quantized difference from the prediction, and predicts the next sample. */
    void adapt(int difference) {
        d[0] = difference;
        r[0] = saturate(s + difference);
        p[0] = saturate(sz + difference);
        int sign0 = p[0] >> 15;
        int sign1 = p[1] >> 15;
        int sign2 = p[2] >> 15;

        int wd1 = saturate(a[1] << 2);
        int wd2 = Math.min(32767, sign0 == sign1 ? -wd1 : wd1);
        int a2 = (wd2 >> 7) + (sign0 == sign2 ? 128 : -128) + (a[2] * 32512 >> 15);
        a2 = Math.max(-12288, Math.min(12288, a2));
        int a1 = saturate((sign0 == sign1 ? 192 : -192) + (a[1] * 32640 >> 15));
        int limit = saturate(15360 - a2);
        a1 = Math.max(-limit, Math.min(limit, a1));

        int step = d[0] == 0 ? 0 : 128;
        int sign = d[0] >> 15;
        for (int i = 6; i >= 1; i--) {
            b[i] = saturate((d[i] >> 15 == sign ? step : -step) + (b[i] * 32640 >> 15));
        }
        for (int i = 6; i >= 1; i--) {
            d[i] = d[i - 1];
        }
        r[2] = r[1];
        r[1] = r[0];
        p[2] = p[1];
        p[1] = p[0];
        a[1] = a1;
        a[2] = a2;

        int sp = saturate((a[1] * saturate(2 * r[1]) >> 15) + (a[2] * saturate(2 * r[2]) >> 15));
        int sum = 0;
        for (int i = 6; i >= 1; i--) {
            sum += b[i] * saturate(2 * d[i]) >> 15;
        }
        sz = saturate(sum);
        s = saturate(sp + sz);
    }
}
