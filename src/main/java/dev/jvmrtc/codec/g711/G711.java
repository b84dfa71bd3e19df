package dev.jvmrtc.codec.g711;

/** ITU-T G.711 μ-law and A-law, sample by sample. */
public final class G711 {
    private static final short[] ULAW_DECODE = new short[256];
    private static final short[] ALAW_DECODE = new short[256];
    private static final int ULAW_BIAS = 0x84;
    private static final int ULAW_CLIP = 32_635;

    static {
        for (int i = 0; i < 256; i++) {
            int u = ~i & 0xff;
            int magnitude = (((u & 0x0f) << 3) + ULAW_BIAS << (u >> 4 & 7)) - ULAW_BIAS;
            ULAW_DECODE[i] = (short) ((u & 0x80) != 0 ? -magnitude : magnitude);
            int a = i ^ 0x55;
            int exponent = a >> 4 & 7;
            int value = (a & 0x0f) << 4;
            value = exponent == 0 ? value + 8 : value + 0x108 << exponent - 1;
            ALAW_DECODE[i] = (short) ((a & 0x80) != 0 ? value : -value);
        }
    }

    private G711() {}

    public static short decodeUlaw(byte b) {
        return ULAW_DECODE[b & 0xff];
    }

    public static short decodeAlaw(byte b) {
        return ALAW_DECODE[b & 0xff];
    }

    public static byte encodeUlaw(short sample) {
        int s = sample;
        int sign = 0;
        if (s < 0) {
            s = -s;
            sign = 0x80;
        }
        s = Math.min(s, ULAW_CLIP) + ULAW_BIAS;
        int exponent = 7;
        for (int mask = 0x4000; exponent > 0 && (s & mask) == 0; mask >>= 1) {
            exponent--;
        }
        return (byte) ~(sign | exponent << 4 | s >> exponent + 3 & 0x0f);
    }

    public static byte encodeAlaw(short sample) {
        int s = sample;
        int sign = 0x80;
        if (s < 0) {
            s = -s - 1;
            sign = 0;
        }
        s = Math.min(s, 32_767);
        int exponent = 7;
        for (int mask = 0x4000; exponent > 0 && (s & mask) == 0; mask >>= 1) {
            exponent--;
        }
        int mantissa = exponent == 0 ? s >> 4 & 0x0f : s >> exponent + 3 & 0x0f;
        return (byte) ((sign | exponent << 4 | mantissa) ^ 0x55);
    }
}
