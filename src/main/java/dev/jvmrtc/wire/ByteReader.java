package dev.jvmrtc.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads big-endian fields from a range of a {@code byte[]}; every read is checked against the end of the range. Borrows
 * the array.
 */
public final class ByteReader {
    private static final byte[] NOTHING = new byte[0];

    private byte[] data;
    private int end;
    private int position;

    public ByteReader(byte[] data, int offset, int length) {
        wrap(data, offset, length);
    }

    public ByteReader(byte[] data) {
        this(data, 0, data.length);
    }

    /** Has nothing to read until it is told what. */
    public ByteReader() {
        this(NOTHING);
    }

    /** Reads another range from now on. */
    public void wrap(byte[] newData, int offset, int length) {
        data = newData;
        position = offset;
        end = offset + length;
    }

    public int remaining() {
        return end - position;
    }

    /** Index into the underlying array of the next byte. */
    public int position() {
        return position;
    }

    public byte[] array() {
        return data;
    }

    /** Proves that {@code n} more bytes are there. */
    public void require(int n) throws MalformedException {
        if (n < 0 || n > end - position) {
            throw new MalformedException("unexpected end");
        }
    }

    public int u8() throws MalformedException {
        require(1);
        return data[position++] & 0xff;
    }

    public int u16() throws MalformedException {
        require(2);
        int v = Bytes.u16(data, position);
        position += 2;
        return v;
    }

    public int u24() throws MalformedException {
        require(3);
        int v = Bytes.u24(data, position);
        position += 3;
        return v;
    }

    public int i32() throws MalformedException {
        require(4);
        int v = Bytes.i32(data, position);
        position += 4;
        return v;
    }

    public long u32() throws MalformedException {
        return i32() & 0xffffffffL;
    }

    public long i64() throws MalformedException {
        require(8);
        long v = Bytes.i64(data, position);
        position += 8;
        return v;
    }

    public byte[] bytes(int n) throws MalformedException {
        require(n);
        byte[] v = Arrays.copyOfRange(data, position, position + n);
        position += n;
        return v;
    }

    public String utf8(int n) throws MalformedException {
        require(n);
        String s = new String(data, position, n, StandardCharsets.UTF_8);
        position += n;
        return s;
    }

    public void skip(int n) throws MalformedException {
        require(n);
        position += n;
    }

    /** A reader over the next {@code n} bytes, which this one skips. */
    public ByteReader slice(int n) throws MalformedException {
        ByteReader r = new ByteReader();
        slice(n, r);
        return r;
    }

    /** The same with a reader that is there already. */
    public void slice(int n, ByteReader into) throws MalformedException {
        require(n);
        into.wrap(data, position, n);
        position += n;
    }
}
