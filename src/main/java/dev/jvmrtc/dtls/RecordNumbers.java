package dev.jvmrtc.dtls;

/** The numbers of the records that leave in one epoch (RFC 6347 §4.1): each is given once. */
public final class RecordNumbers {
    private static final long END = 1L << 48;

    /** What the next record is numbered. */
    private long next;

    /** The next number; throws where all 2⁴⁸ are used up, which the fastest of links takes years to do. */
    public long take() {
        if (next == END) {
            throw new IllegalStateException("the record numbers of this association are used up");
        }
        return next++;
    }

    /** The number taken last. */
    public long last() {
        return next - 1;
    }
}
