package dev.jvmrtc.codec.vp8;

import java.util.Arrays;

/** The boolean entropy encoder (RFC 6386 §7). */
final class BoolEncoder {
    private byte[] data = new byte[4096];
    private int length;
    private long low;
    /** One less than the range of RFC 6386. */
    private int range;
    /** Bits of {@link #low} that wait beyond eight. */
    private int pending;

    BoolEncoder() {
        start();
    }

    void start() {
        length = 0;
        low = 0;
        range = 254;
        pending = -8;
    }

    void write(boolean bit, int probability) {
        int split = (range * probability) >> 8;
        int r;
        if (bit) {
            low += split + 1;
            r = range - split;
        } else {
            r = split + 1;
        }
        int shift = Integer.numberOfLeadingZeros(r) - 24;
        range = (r << shift) - 1;
        low <<= shift;
        pending += shift;
        if (pending > 0) {
            flush();
        }
    }

    private void flush() {
        int s = 8 + pending;
        int bits = (int) (low >> s);
        low -= (long) bits << s;
        pending -= 8;
        if (length == data.length) {
            data = Arrays.copyOf(data, 2 * length);
        }
        if ((bits & 0x100) != 0) {
            int i = length - 1;
            while (data[i] == (byte) 0xFF) {
                data[i--] = 0;
            }
            data[i]++;
        }
        data[length++] = (byte) bits;
    }

    void flag(boolean bit) {
        write(bit, 128);
    }

    void literal(int value, int width) {
        for (int i = width - 1; i >= 0; i--) {
            flag((value >> i & 1) != 0);
        }
    }

    void signed(int value, int width) {
        literal(Math.abs(value), width);
        flag(value < 0);
    }

    void optionalSigned(int value, int width) {
        flag(value != 0);
        if (value != 0) {
            signed(value, width);
        }
    }

    /** The way to a leaf; see {@link BoolDecoder#tree}. */
    void tree(byte[] tree, int[] probabilities, int offset, int leaf) {
        path(tree, probabilities, offset, leaf, 0);
    }

    private boolean path(byte[] tree, int[] probabilities, int offset, int leaf, int node) {
        for (int bit = 0; bit < 2; bit++) {
            int next = tree[node + bit];
            if (next <= 0 ? -next == leaf : holds(tree, next, leaf)) {
                write(bit != 0, probabilities[offset + (node >> 1)]);
                return next <= 0 || path(tree, probabilities, offset, leaf, next);
            }
        }
        throw new IllegalArgumentException("no leaf " + leaf);
    }

    private static boolean holds(byte[] tree, int node, int leaf) {
        for (int bit = 0; bit < 2; bit++) {
            int next = tree[node + bit];
            if (next <= 0 ? -next == leaf : holds(tree, next, leaf)) {
                return true;
            }
        }
        return false;
    }

    /** Writes out what is left; {@link #length()} is final after it. */
    void finish() {
        for (int i = 9 - pending; i > 0; i--) {
            flag(false);
        }
        pending = 0;
        flush();
    }

    int length() {
        return length;
    }

    void copyTo(byte[] to, int at) {
        System.arraycopy(data, 0, to, at, length);
    }
}
