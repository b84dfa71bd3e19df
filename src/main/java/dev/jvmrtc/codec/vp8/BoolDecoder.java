package dev.jvmrtc.codec.vp8;

/**
 * The boolean entropy decoder (RFC 6386 §7). Behind the end of its data it reads zeros, as the reference decoder does.
 */
final class BoolDecoder {
    private static final int EVEN = 128;

    private byte[] data;
    private int position;
    private int end;
    /** Bits that were read and not used, the lowest {@code bits + 8} of them valid. */
    private long value;

    private int bits;
    /** One less than the range of RFC 6386, so that it fits the multiplication below. */
    private int range;

    void init(byte[] source, int from, int to) {
        data = source;
        position = from;
        end = to;
        value = 0;
        bits = -8;
        range = 254;
    }

    boolean read(int probability) {
        if (bits < 0) {
            fill();
        }
        int split = (range * probability) >> 8;
        boolean bit;
        int r;
        if (value >> bits > split) {
            value -= (long) (split + 1) << bits;
            r = range - split;
            bit = true;
        } else {
            r = split + 1;
            bit = false;
        }
        int shift = Integer.numberOfLeadingZeros(r) - 24;
        range = (r << shift) - 1;
        bits -= shift;
        return bit;
    }

    private void fill() {
        if (end - position >= 4) {
            value = value << 32
                    | (data[position] & 0xFFL) << 24
                    | (data[position + 1] & 0xFF) << 16
                    | (data[position + 2] & 0xFF) << 8
                    | data[position + 3] & 0xFF;
            position += 4;
            bits += 32;
            return;
        }
        value = value << 8 | (position < end ? data[position] & 0xFF : 0);
        position++;
        bits += 8;
    }

    boolean flag() {
        return read(EVEN);
    }

    /** An unsigned number, its highest bit first. */
    int literal(int width) {
        int v = 0;
        for (int i = 0; i < width; i++) {
            v = v << 1 | (read(EVEN) ? 1 : 0);
        }
        return v;
    }

    /** A number followed by its sign. */
    int signed(int width) {
        int v = literal(width);
        return flag() ? -v : v;
    }

    /** A number with its sign if a flag says that it is there, else 0. */
    int optionalSigned(int width) {
        return flag() ? signed(width) : 0;
    }

    /**
     * A leaf of a tree (RFC 6386 §8.1): positive entries are the next pair of branches, others the negated leaf; the
     * probability of a pair stands at half its index.
     */
    int tree(byte[] tree, int[] probabilities, int offset) {
        int i = 0;
        do {
            i = tree[i + (read(probabilities[offset + (i >> 1)]) ? 1 : 0)];
        } while (i > 0);
        return -i;
    }
}
