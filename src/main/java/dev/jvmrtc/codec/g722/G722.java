package dev.jvmrtc.codec.g722;

/**
 * G.722 at 64 kbit/s: audio of 16,000 samples a second, split into two bands of which the lower gets six bits and the
 * higher two (ITU-T G.722 §3, §4). An object is one direction of one stream; not thread-safe.
 */
public final class G722 {
    private static final int[] QMF = {3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11};
    private static final int TAPS = 24;
    private static final int[] Q6 = {
        0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219,
        1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919
    };
    private static final int[] WL = {-60, -30, 58, 172, 334, 538, 1198, 3042};
    private static final int[] RL42 = {0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0};
    private static final int[] QM4 = {
        0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0
    };
    private static final int[] QM6 = {
        -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576,
        -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040,
        -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
        4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136
    };
    private static final int[] QM2 = {-7408, -1616, 7408, 1616};
    private static final int[] WH = {0, -214, 798};
    private static final int[] RH2 = {2, 1, 2, 1};
    private static final int MAX_LOW_SCALE = 18432;
    private static final int MAX_HIGH_SCALE = 22528;

    private final Band low = new Band(32);
    private final Band high = new Band(8);
    private final int[] x = new int[TAPS];

    /** Encodes an even number of samples, two to a byte. */
    public byte[] encode(short[] samples) {
        byte[] out = new byte[samples.length / 2];
        for (int i = 0; i < out.length; i++) {
            shift(samples[2 * i], samples[2 * i + 1]);
            int first = 0;
            int second = 0;
            for (int k = 0; k < 12; k++) {
                first += x[2 * k] * QMF[k];
                second += x[2 * k + 1] * QMF[11 - k];
            }
            int lower = encodeLow(second + first >> 14);
            out[i] = (byte) (encodeHigh(second - first >> 14) << 6 | lower);
        }
        return out;
    }

    private void shift(int a, int b) {
        System.arraycopy(x, 2, x, 0, TAPS - 2);
        x[TAPS - 2] = a;
        x[TAPS - 1] = b;
    }

    private int encodeLow(int sample) {
        int difference = Band.saturate(sample - low.s);
        int abs = difference >= 0 ? difference : -(difference + 1);
        int i = 1;
        while (i < 30 && abs >= Q6[i] * low.det >> 12) {
            i++;
        }
        // The levels of a sign are numbered from the largest; of the negative ones the two smallest stand apart.
        int code = difference >= 0 ? 62 - i : i < 3 ? 64 - i : 34 - i;
        adaptLow(code >> 2);
        return code;
    }

    private void adaptLow(int fourBits) {
        int d = low.det * QM4[fourBits] >> 15;
        low.scale(WL[RL42[fourBits]], MAX_LOW_SCALE, 8);
        low.adapt(d);
    }

    private int encodeHigh(int sample) {
        int difference = Band.saturate(sample - high.s);
        int abs = difference >= 0 ? difference : -(difference + 1);
        boolean large = abs >= 564 * high.det >> 12;
        int code = difference < 0 ? large ? 0 : 1 : large ? 2 : 3;
        adaptHigh(code);
        return code;
    }

    private int adaptHigh(int code) {
        int d = high.det * QM2[code] >> 15;
        high.scale(WH[RH2[code]], MAX_HIGH_SCALE, 10);
        int decoded = high.s + d;
        high.adapt(d);
        return decoded;
    }

    /** Decodes bytes to two samples each. */
    public short[] decode(byte[] data) {
        short[] out = new short[2 * data.length];
        for (int i = 0; i < data.length; i++) {
            int code = data[i] & 0x3F;
            int lower = clamp(low.s + (low.det * QM6[code] >> 15));
            adaptLow(code >> 2);
            int higher = clamp(adaptHigh(data[i] >> 6 & 3));
            shift(lower + higher, lower - higher);
            int first = 0;
            int second = 0;
            for (int k = 0; k < 12; k++) {
                second += x[2 * k] * QMF[k];
                first += x[2 * k + 1] * QMF[11 - k];
            }
            out[2 * i] = (short) Band.saturate(first >> 11);
            out[2 * i + 1] = (short) Band.saturate(second >> 11);
        }
        return out;
    }

    private static int clamp(int v) {
        return Math.max(-16384, Math.min(16383, v));
    }
}
