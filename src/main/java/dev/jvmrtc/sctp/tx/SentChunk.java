package dev.jvmrtc.sctp.tx;

/**
 * A fragment that has a TSN: what it carries and what has become of it. Stands in two orders at once: of its TSN, in
 * {@link SentChunks}, which uses it again for another, and of its sending.
 */
final class SentChunk {

    enum State {
        IN_FLIGHT,
        ACKED,
        TO_RESEND,
        ABANDONED
    }

    int tsn;
    OutgoingMessage message;
    int offset;
    int length;
    int flags;
    /** Of the fragment within its message (RFC 8260 §2.1). */
    int fragment;

    int wireSize;
    State state = State.IN_FLIGHT;
    int retransmits;
    long sentNanos;
    /** What {@link DeliveryRate} remembers. */
    long deliveredBefore;

    long deliveredBeforeNanos;
    long firstSentNanos;
    boolean sentWhileLimited;
    /** The next chunk of the same message, or null. */
    SentChunk nextOfMessage;
    /**
     * Where its state is ACKED or ABANDONED: a TSN up to which those of all behind it are known to be, and it itself.
     */
    int settledUpTo;

    SentChunk sentBefore;
    SentChunk sentAfter;

    /** Another fragment takes the place of the one that this was. */
    void begin(
            int newTsn,
            OutgoingMessage of,
            int newOffset,
            int newLength,
            int newFlags,
            int newFragment,
            int newWireSize) {
        tsn = newTsn;
        message = of;
        offset = newOffset;
        length = newLength;
        flags = newFlags;
        fragment = newFragment;
        wireSize = newWireSize;
        state = State.IN_FLIGHT;
        retransmits = 0;
        nextOfMessage = null;
        settledUpTo = newTsn;
    }
}
