package dev.jvmrtc.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A fuzzer's bytes, taken from the front. At the end it gives zeros, so that every input is a whole one. */
public final class FuzzInput {
    private final byte[] data;
    private int at;

    public FuzzInput(byte[] data) {
        this.data = data;
    }

    public boolean isEmpty() {
        return at >= data.length;
    }

    /** 0 … 255. */
    public int next() {
        return at < data.length ? data[at++] & 0xff : 0;
    }

    /** 0 … {@code bound} − 1, of at most 256. */
    public int next(int bound) {
        return next() % bound;
    }

    public boolean flag() {
        return (next() & 1) != 0;
    }

    public int u16() {
        return next() << 8 | next();
    }

    public long u32() {
        return (long) u16() << 16 | u16();
    }

    /** So many bytes, or what is left. */
    public byte[] bytes(int length) {
        int n = Math.min(length, data.length - at);
        byte[] taken = Arrays.copyOfRange(data, at, at + n);
        at += n;
        return taken;
    }

    /** Bytes behind two that tell their length. */
    public byte[] block() {
        return bytes(u16());
    }

    public String text() {
        return new String(block(), StandardCharsets.UTF_8);
    }

    public byte[] rest() {
        return bytes(data.length - at);
    }

    /** The bytes with some of them changed, taken away or added, as the input says. */
    public byte[] altered(byte[] original) {
        byte[] d = original.clone();
        for (int n = next(4); n > 0 && d.length > 0; n--) {
            int where = u16() % d.length;
            switch (next(4)) {
                case 0 -> d[where] = (byte) next();
                case 1 -> d = Arrays.copyOf(d, where);
                case 2 -> {
                    byte[] more = bytes(1 + next(32));
                    byte[] longer = Arrays.copyOf(d, d.length + more.length);
                    System.arraycopy(d, where, longer, where + more.length, d.length - where);
                    System.arraycopy(more, 0, longer, where, more.length);
                    d = longer;
                }
                default -> d[where] ^= (byte) (1 << next(8));
            }
        }
        return d;
    }
}
