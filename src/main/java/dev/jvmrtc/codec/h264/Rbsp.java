package dev.jvmrtc.codec.h264;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.media.codec.CodecException;
import java.util.Arrays;

/**
 * The bits of a NAL unit (H.264 §7.2, §7.3.1), without emulation prevention bytes and without what is behind its last
 * one bit, read strictly: never behind the end.
 */
final class Rbsp {
    private static final int MAX_ZEROS = 31;

    private final byte[] data;
    /** Up to the stop bit (§7.3.2.11). */
    private final int end;

    private int at;

    private Rbsp(byte[] data, int end) {
        this.data = data;
        this.end = end;
    }

    /** Of a NAL unit without its header byte. */
    static Rbsp of(byte[] d, int from, int to) throws CodecException {
        byte[] out = new byte[to - from];
        int n = 0;
        int zeros = 0;
        for (int i = from; i < to; i++) {
            assert Steps.count();
            if (zeros >= 2 && d[i] == 3) {
                zeros = 0; // emulation_prevention_three_byte
                continue;
            }
            zeros = d[i] == 0 ? zeros + 1 : 0;
            out[n++] = d[i];
        }
        while (n > 0 && out[n - 1] == 0) {
            assert Steps.count();
            n--; // cabac_zero_words and trailing zeros
        }
        if (n == 0) {
            throw Refusal.malformed();
        }
        return new Rbsp(Arrays.copyOf(out, n), n * 8 - 1 - Integer.numberOfTrailingZeros(out[n - 1]));
    }

    /** The bytes, up to the one with the stop bit. */
    byte[] bytes() {
        return data;
    }

    /** Bits that were read. */
    int position() {
        return at;
    }

    boolean hasMore() {
        return at < end;
    }

    int bit() throws CodecException {
        if (at >= end) {
            throw Refusal.malformed();
        }
        int b = data[at >> 3] >> 7 - (at & 7) & 1;
        at++;
        return b;
    }

    boolean flag() throws CodecException {
        return bit() != 0;
    }

    /** u(n) of up to 31 bits. */
    int bits(int n) throws CodecException {
        int v = 0;
        for (int i = 0; i < n; i++) {
            v = v << 1 | bit();
        }
        return v;
    }

    /** ue(v) (§9.1); larger than allowed is malformed. */
    int ue(int max) throws CodecException {
        long v = code();
        if (v > max) {
            throw Refusal.malformed();
        }
        return (int) v;
    }

    /** se(v) (§9.1.1) from {@code min} to {@code max}. */
    int se(int min, int max) throws CodecException {
        long k = code();
        long v = (k & 1) == 0 ? -(k >> 1) : (k >> 1) + 1;
        if (v < min || v > max) {
            throw Refusal.malformed();
        }
        return (int) v;
    }

    private long code() throws CodecException {
        int zeros = 0;
        while (bit() == 0) {
            if (++zeros > MAX_ZEROS) {
                throw Refusal.malformed();
            }
        }
        return (1L << zeros) - 1 + (zeros == 0 ? 0 : bits(zeros) & 0xFFFFFFFFL);
    }
}
