package dev.jvmrtc.core;

import dev.jvmrtc.wire.Bytes;
import java.security.SecureRandom;
import java.util.Random;

/** Where randomness comes from: cryptographic in production, seeded in simulations. */
public interface RandomSource {

    void nextBytes(byte[] bytes);

    default int nextInt() {
        byte[] b = new byte[4];
        nextBytes(b);
        return Bytes.i32(b, 0);
    }

    default long nextLong() {
        byte[] b = new byte[8];
        nextBytes(b);
        return Bytes.i64(b, 0);
    }

    /** Uniform in 0 … {@code bound} − 1. */
    default int nextInt(int bound) {
        return (int) Math.floorMod(nextLong() >>> 1, (long) bound);
    }

    /** {@code length} characters of the {@code ice-char} alphabet (RFC 8839 §5.4), 6 bits each. */
    default String nextIceChars(int length) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        byte[] b = new byte[length];
        nextBytes(b);
        StringBuilder s = new StringBuilder(length);
        for (byte x : b) {
            s.append(alphabet.charAt(x & 63));
        }
        return s.toString();
    }

    static RandomSource of(SecureRandom random) {
        return random::nextBytes;
    }

    /** Replayable; for simulations and tests only. */
    static RandomSource seeded(long seed) {
        return new Random(seed)::nextBytes;
    }
}
