package dev.jvmrtc.wire;

/** Serial number arithmetic (RFC 1982) on 16 and 32 bits: numbers that wrap are compared here and nowhere else. */
public final class SerialNumbers {

    private SerialNumbers() {}

    /** Whether 32-bit serial {@code a} comes before {@code b}. */
    public static boolean before32(int a, int b) {
        return a - b < 0;
    }

    /** The signed distance from {@code b} to {@code a}; meaningful while they are less than 2^31 apart. */
    public static int distance32(int a, int b) {
        return a - b;
    }

    /** Whether 16-bit serial {@code a} comes before {@code b}. Only the low 16 bits count. */
    public static boolean before16(int a, int b) {
        return distance16(a, b) < 0;
    }

    /** The signed distance from {@code b} to {@code a}, −32768 … 32767. */
    public static int distance16(int a, int b) {
        return (short) (a - b);
    }
}
