package dev.jvmrtc.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes big-endian fields into an array that grows. */
public final class ByteWriter {
    private byte[] data;
    private int length;

    public ByteWriter(int capacity) {
        data = new byte[capacity];
    }

    public ByteWriter() {
        this(64);
    }

    public int length() {
        return length;
    }

    /** The array being written; valid until the next write. */
    public byte[] array() {
        return data;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(data, length);
    }

    public ByteWriter clear() {
        length = 0;
        return this;
    }

    /** Takes back what was written after the first {@code n} bytes. */
    public void truncate(int n) {
        length = n;
    }

    private int grow(int n) {
        int at = length;
        length += n;
        if (length > data.length) {
            data = Arrays.copyOf(data, Math.max(length, data.length * 2));
        }
        return at;
    }

    public ByteWriter u8(int v) {
        int at = grow(1);
        data[at] = (byte) v;
        return this;
    }

    public ByteWriter u16(int v) {
        int at = grow(2);
        Bytes.put16(data, at, v);
        return this;
    }

    public ByteWriter u24(int v) {
        int at = grow(3);
        Bytes.put24(data, at, v);
        return this;
    }

    public ByteWriter u32(long v) {
        int at = grow(4);
        Bytes.put32(data, at, (int) v);
        return this;
    }

    public ByteWriter u64(long v) {
        int at = grow(8);
        Bytes.put64(data, at, v);
        return this;
    }

    public ByteWriter bytes(byte[] src) {
        return bytes(src, 0, src.length);
    }

    public ByteWriter bytes(byte[] src, int offset, int n) {
        int at = grow(n);
        System.arraycopy(src, offset, data, at, n);
        return this;
    }

    /** Bytes of a buffer from an index of its own on; its position and limit do not matter and stay. */
    public ByteWriter bytes(ByteBuffer src, int index, int n) {
        int at = grow(n);
        src.get(index, data, at, n);
        return this;
    }

    public ByteWriter utf8(String s) {
        return bytes(s.getBytes(StandardCharsets.UTF_8));
    }

    public ByteWriter zeros(int n) {
        int at = grow(n);
        Arrays.fill(data, at, length, (byte) 0);
        return this;
    }

    /** Zeros up to the next multiple of four bytes. */
    public ByteWriter padTo4() {
        return zeros(-length & 3);
    }

    public void put16(int at, int v) {
        Bytes.put16(data, at, v);
    }

    public void put32(int at, int v) {
        Bytes.put32(data, at, v);
    }
}
