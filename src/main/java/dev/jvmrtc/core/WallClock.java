package dev.jvmrtc.core;

/**
 * The wall clock, once: RTCP sender reports need it.
 *
 * @param epochMillis since 1970
 * @param atNanos the monotonic time of that moment
 */
public record WallClock(long epochMillis, long atNanos) {

    /** A monotonic time as NTP's 64 bits (RFC 5905 §6). */
    public long ntp(long now) {
        long nanos = now - atNanos;
        long millis = epochMillis + 2_208_988_800_000L + Math.floorDiv(nanos, 1_000_000L);
        long fraction =
                (millis % 1_000 * 1_000_000 + Math.floorMod(nanos, 1_000_000L)) * 4_294_967_296L / 1_000_000_000L;
        return millis / 1_000 << 32 | fraction & 0xffffffffL;
    }
}
