package dev.jvmrtc.stun;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.wire.Bytes;

/**
 * The 96-bit transaction id (RFC 8489 §5: "uniformly and randomly chosen … and SHOULD be cryptographically random").
 */
public record TransactionId(long high, int low) {

    public static TransactionId random(RandomSource random) {
        return new TransactionId(random.nextLong(), random.nextInt());
    }

    static TransactionId read(byte[] data, int offset) {
        return new TransactionId(Bytes.i64(data, offset), Bytes.i32(data, offset + 8));
    }

    void write(byte[] data, int offset) {
        Bytes.put64(data, offset, high);
        Bytes.put32(data, offset + 8, low);
    }
}
