package dev.jvmrtc.media.file;

import dev.jvmrtc.core.Steps;
import java.util.Arrays;

/** Reads the bits of a codec's header, the most significant first. Behind the end there are zeros, and {@link #ended} says so. */
final class HeaderBits {
    private static final int MAX_EXP_GOLOMB = 31;

    private final byte[] data;
    private final int end;
    private long at;

    HeaderBits(byte[] data, int from, int to) {
        this.data = data;
        this.at = from * 8L;
        this.end = to;
    }

    /** What follows a NAL unit's header, without the bytes that keep start codes out of it (ITU-T H.264 §7.4.1: "emulation_prevention_three_byte"). */
    static HeaderBits ofNal(byte[] d, int from, int to) {
        byte[] plain = new byte[to - from];
        int n = 0;
        int zeros = 0;
        for (int i = from; i < to; i++) {
            assert Steps.count();
            if (zeros >= 2 && d[i] == 3) {
                zeros = 0;
                continue;
            }
            zeros = d[i] == 0 ? zeros + 1 : 0;
            plain[n++] = d[i];
        }
        return new HeaderBits(Arrays.copyOf(plain, n), 0, n);
    }

    boolean ended() {
        return at > end * 8L;
    }

    int bit() {
        int i = (int) (at >> 3);
        int b = i < end ? data[i] >> (7 - (int) (at & 7)) & 1 : 0;
        at++;
        return b;
    }

    boolean flag() {
        return bit() == 1;
    }

    /** Up to 32 bits, as a number without sign. */
    long bits(int n) {
        long v = 0;
        for (int i = 0; i < n; i++) {
            v = v << 1 | bit();
        }
        return v;
    }

    void skip(int n) {
        at += n;
    }

    /** Exp-Golomb without sign (ITU-T H.264 §9.1). */
    long ue() {
        int zeros = 0;
        while (zeros < MAX_EXP_GOLOMB && !ended() && bit() == 0) {
            zeros++;
        }
        return (1L << zeros) - 1 + bits(zeros);
    }

    /** Exp-Golomb with sign (ITU-T H.264 §9.1.1). */
    long se() {
        long k = ue();
        return (k & 1) == 1 ? (k + 1) / 2 : -(k / 2);
    }
}
