package dev.jvmrtc.sctp.tx;

/** A fragment that has a TSN: what it carries and what has become of it. Stands in two orders at once: of its TSN, in {@link SentChunks}, and of its sending. */
final class SentChunk {

    enum State { IN_FLIGHT, ACKED, TO_RESEND, ABANDONED }

    final int tsn;
    final OutgoingMessage message;
    final int offset;
    final int length;
    final int flags;
    /** Of the fragment within its message (RFC 8260 §2.1). */
    final int fragment;
    final int wireSize;
    State state = State.IN_FLIGHT;
    int retransmits;
    long sentNanos;
    /** What {@link DeliveryRate} remembers. */
    long deliveredBefore;
    long deliveredBeforeNanos;
    long firstSentNanos;
    boolean sentWhileLimited;
    SentChunk sentBefore;
    SentChunk sentAfter;

    SentChunk(int tsn, OutgoingMessage message, int offset, int length, int flags, int fragment, int wireSize) {
        this.tsn = tsn;
        this.message = message;
        this.offset = offset;
        this.length = length;
        this.flags = flags;
        this.fragment = fragment;
        this.wireSize = wireSize;
    }
}
