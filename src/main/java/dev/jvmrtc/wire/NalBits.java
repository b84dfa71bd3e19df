package dev.jvmrtc.wire;

/** Reads the bits of a NAL unit (H.264 §7.2, §9.1) over its emulation prevention bytes (§7.4.1.1). What is not there reads as −1, and so does all behind it. */
public final class NalBits {
    private static final int LONGEST = 31;
    private final byte[] data;
    private final int end;
    private int at;
    private int bit;
    private int zeros;

    /** @param from behind the NAL unit's header */
    public NalBits(byte[] data, int from, int end) {
        this.data = data;
        this.at = from;
        this.end = Math.min(end, data.length);
    }

    public int bit() {
        if (bit == 0 && zeros >= 2 && at < end && data[at] == 3) {
            at++;
            zeros = 0;
        }
        if (at >= end) {
            return -1;
        }
        int b = data[at] >> 7 - bit & 1;
        if (++bit == 8) {
            zeros = data[at] == 0 ? zeros + 1 : 0;
            bit = 0;
            at++;
        }
        return b;
    }

    /** u(n), n up to 32. */
    public long bits(int n) {
        long value = 0;
        for (int i = 0; i < n; i++) {
            int b = bit();
            if (b < 0) {
                return -1;
            }
            value = value << 1 | b;
        }
        return value;
    }

    /** ue(v); −1 where it is cut off or longer than any that is legal. */
    public long ue() {
        int length = 0;
        int b = bit();
        while (b == 0 && length <= LONGEST) {
            length++;
            b = bit();
        }
        if (b != 1 || length > LONGEST) {
            at = end;
            return -1;
        }
        long rest = bits(length);
        return rest < 0 ? -1 : (1L << length) - 1 + rest;
    }

    /** se(v), as far as only what is behind it counts. */
    public void skipSe() {
        ue();
    }
}
