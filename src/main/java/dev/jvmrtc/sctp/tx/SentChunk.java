package dev.jvmrtc.sctp.tx;

/**
 * A fragment that has a TSN: what it carries and what has become of it. Stands in two orders at once: of its TSN, in
 * {@link SentChunks}, which uses it again for another, and of its sending.
 */
final class SentChunk {

    enum State {
        /** Sent, and nothing heard of it. */
        IN_FLIGHT,
        /** Acknowledged by a gap block. */
        ACKED,
        /** Lost, and to be sent again. */
        TO_RESEND,
        /** Given up. */
        ABANDONED
    }

    int tsn;
    /** What it is a part of. */
    OutgoingMessage message;
    /** Where its user data begins in the message. */
    int offset;
    /** Bytes of its user data. */
    int length;
    /** Of its header. */
    int flags;
    /** Of the fragment within its message (RFC 8260 §2.1). */
    int fragment;

    /** Bytes with header and padding; 0 for one that never leaves. */
    int wireSize;

    State state = State.IN_FLIGHT;
    /** How often it has left again. */
    int retransmits;
    /** When it left last. */
    long sentNanos;
    /** What {@link DeliveryRate} remembers: how much had arrived when it left. */
    long deliveredBefore;
    /** Likewise: when that had arrived. */
    long deliveredBeforeNanos;
    /** Likewise: when the chunk left whose acknowledgement that was. */
    long firstSentNanos;
    /** Likewise: whether there was too little to send. */
    boolean sentWhileLimited;
    /** The next chunk of the same message, or null. */
    SentChunk nextOfMessage;
    /**
     * Where its state is ACKED or ABANDONED: a TSN up to which those of all behind it are known to be, and it itself.
     */
    int settledUpTo;

    /** The one in flight that was sent before it, or null. */
    SentChunk sentBefore;
    /** The one in flight that was sent after it, or null. */
    SentChunk sentAfter;

    /** Whether it is acknowledged or given up, so that nothing becomes of it any more. */
    boolean isSettled() {
        return state == State.ACKED || state == State.ABANDONED;
    }

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
