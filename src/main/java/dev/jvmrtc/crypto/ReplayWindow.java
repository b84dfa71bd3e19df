package dev.jvmrtc.crypto;

import java.util.Arrays;

/** Which of the newest packet indexes or record numbers have been seen (RFC 3711 §3.3.2, RFC 6347 §4.1.2.6). */
public final class ReplayWindow {

    /**
     * RFC 3711 asks for 64 at least, RFC 6347 for 32. Resent video arrives up to a few hundred packets late, so the
     * window is wider.
     */
    public static final int SIZE = 1024;

    private final long[] bits = new long[SIZE / 64];
    private long highest = -1;

    /** The newest that was seen, or −1. */
    public long highest() {
        return highest;
    }

    /** Whether the index is new and not too old. Changes nothing: the packet is not authentic yet. */
    public boolean accepts(long index) {
        if (index > highest) {
            return true;
        }
        return index > highest - SIZE && (bits[word(index)] & 1L << index) == 0;
    }

    /** Whether the index lies behind the window, so that nobody knows whether it was seen. */
    public boolean isTooOld(long index) {
        return index <= highest - SIZE;
    }

    private static int word(long index) {
        return (int) (index >> 6) & SIZE / 64 - 1;
    }

    /** An authentic packet has this index. */
    public void add(long index) {
        if (index > highest) {
            if (highest < 0 || index - highest >= SIZE) {
                Arrays.fill(bits, 0);
            } else {
                for (long i = highest + 1; i <= index; i++) {
                    bits[word(i)] &= ~(1L << i);
                }
            }
            highest = index;
        }
        bits[word(index)] |= 1L << index;
    }
}
