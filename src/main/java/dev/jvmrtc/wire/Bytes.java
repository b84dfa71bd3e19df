package dev.jvmrtc.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Big-endian integers in a {@code byte[]}, without bounds of their own. */
public final class Bytes {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Bytes() {}

    public static int u16(byte[] b, int i) {
        return (short) SHORT.get(b, i) & 0xffff;
    }

    public static int u24(byte[] b, int i) {
        return (b[i] & 0xff) << 16 | u16(b, i + 1);
    }

    public static int i32(byte[] b, int i) {
        return (int) INT.get(b, i);
    }

    public static long u32(byte[] b, int i) {
        return (int) INT.get(b, i) & 0xffffffffL;
    }

    public static long i64(byte[] b, int i) {
        return (long) LONG.get(b, i);
    }

    public static void put16(byte[] b, int i, int v) {
        SHORT.set(b, i, (short) v);
    }

    public static void put24(byte[] b, int i, int v) {
        b[i] = (byte) (v >> 16);
        put16(b, i + 1, v);
    }

    public static void put32(byte[] b, int i, int v) {
        INT.set(b, i, v);
    }

    public static void put64(byte[] b, int i, long v) {
        LONG.set(b, i, v);
    }
}
