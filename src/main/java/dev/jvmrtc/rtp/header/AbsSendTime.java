package dev.jvmrtc.rtp.header;

/**
 * When a packet left, by the sender's clock: 24 bits, of which 18 stand for parts of a second, so that it begins anew
 * every 64 seconds. Only differences mean something.
 */
public final class AbsSendTime {
    /** Bytes of the value. */
    public static final int LENGTH = 3;

    private static final int FRACTION_BITS = 18;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private AbsSendTime() {}

    /** {@return the value for a time in nanoseconds, from any beginning} */
    public static int of(long nanos) {
        long seconds = Math.floorDiv(nanos, NANOS_PER_SECOND);
        long fraction = (Math.floorMod(nanos, NANOS_PER_SECOND) << FRACTION_BITS) / NANOS_PER_SECOND;
        return (int) (seconds << FRACTION_BITS | fraction) & 0xffffff;
    }

    /** {@return by how many nanoseconds one value is later than another, −32 to 32 seconds} */
    public static long nanosBetween(int earlier, int later) {
        long distance = later - earlier << 8 >> 8; // 24 bits with their sign
        return distance * NANOS_PER_SECOND >> FRACTION_BITS;
    }
}
