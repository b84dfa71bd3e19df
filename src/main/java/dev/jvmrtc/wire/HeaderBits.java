package dev.jvmrtc.wire;

/**
 * Reads the bits of a codec's header, the most significant first. Behind the end there are zeros, and {@link #ended}
 * says so.
 */
public final class HeaderBits {
    private static final int MAX_EXP_GOLOMB = 31;

    private final byte[] data;
    private final int end;
    private final boolean nal;
    private int at;
    private int bit;
    private int zeros;
    private boolean ended;

    private HeaderBits(byte[] data, int from, int to, boolean nal) {
        this.data = data;
        this.at = from;
        this.end = Math.min(to, data.length);
        this.nal = nal;
    }

    public static HeaderBits of(byte[] data, int from, int to) {
        return new HeaderBits(data, from, to, false);
    }

    /**
     * What follows a NAL unit's header, without the bytes that keep start codes out of it (ITU-T H.264 §7.4.1:
     * "emulation_prevention_three_byte").
     */
    public static HeaderBits ofNal(byte[] data, int from, int to) {
        return new HeaderBits(data, from, to, true);
    }

    /** Whether more was asked for than there is, or what cannot be. */
    public boolean ended() {
        return ended;
    }

    public int bit() {
        if (nal && bit == 0 && zeros >= 2 && at < end && data[at] == 3) {
            at++;
            zeros = 0;
        }
        if (at >= end) {
            ended = true;
            return 0;
        }
        int b = data[at] >> 7 - bit & 1;
        if (++bit == 8) {
            zeros = data[at] == 0 ? zeros + 1 : 0;
            bit = 0;
            at++;
        }
        return b;
    }

    public boolean flag() {
        return bit() == 1;
    }

    /** Up to 32 bits, as a number without sign. */
    public long bits(int n) {
        long v = 0;
        for (int i = 0; i < n; i++) {
            v = v << 1 | bit();
        }
        return v;
    }

    public void skip(int n) {
        for (int i = 0; i < n && !ended; i++) {
            bit();
        }
    }

    /** Exp-Golomb without sign (ITU-T H.264 §9.1); 0, and {@link #ended}, where it is longer than any that is legal. */
    public long ue() {
        int length = 0;
        while (!ended && bit() == 0) {
            if (++length > MAX_EXP_GOLOMB) {
                at = end;
                ended = true;
            }
        }
        long rest = ended ? 0 : bits(length);
        return ended ? 0 : (1L << length) - 1 + rest;
    }

    /** Exp-Golomb with sign (ITU-T H.264 §9.1.1). */
    public long se() {
        long k = ue();
        return (k & 1) == 1 ? (k + 1) / 2 : -(k / 2);
    }
}
