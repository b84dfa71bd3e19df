package dev.jvmrtc.sctp.tx;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.wire.ByteWriter;
import java.nio.ByteBuffer;

/** A message on its way out, whole or in part. Its payload is shared by its fragments, never copied. */
public final class OutgoingMessage {
    /** Nobody asks what becomes of it. */
    public static final long NO_RECEIPT = 0;

    final int streamId;
    final int ppid;
    private final ByteBuffer payload;
    /** Where the first byte of the payload is in its array, if it shows one. */
    private final int arrayOffset;

    final int length;
    final boolean unordered;
    /** Retransmissions allowed per fragment, or −1 for as many as it takes (RFC 7496 §3.1). */
    final int maxRetransmits;
    /** When it is given up (RFC 3758 §4.1), or NEVER. */
    final long expiresNanos;

    final long receipt;
    /**
     * The stream sequence number (RFC 9260 §3.3.1), or the message identifier (RFC 8260 §2.1) where messages
     * interleave.
     */
    int number;

    int offset;
    int fragments;
    int lastTsn;
    /**
     * Its chunks that the peer has not acknowledged cumulatively, the first and the last; null where there are none.
     */
    SentChunk firstChunk;

    SentChunk lastChunk;
    boolean abandoned;
    /** Its payload is not needed any more, because the peer has it or because it was given up. */
    boolean finished;

    boolean delivered;

    public OutgoingMessage(
            int streamId, int ppid, byte[] payload, boolean unordered, int maxRetransmits, long expiresNanos) {
        this(streamId, ppid, ByteBuffer.wrap(payload), unordered, maxRetransmits, expiresNanos, NO_RECEIPT);
    }

    /**
     * @param payload what remains in it, not to be changed until the message is finished
     * @param receipt the number by which the association tells that it is, or {@link #NO_RECEIPT}
     */
    public OutgoingMessage(
            int streamId,
            int ppid,
            ByteBuffer payload,
            boolean unordered,
            int maxRetransmits,
            long expiresNanos,
            long receipt) {
        this.streamId = streamId;
        this.ppid = ppid;
        this.payload = payload;
        this.arrayOffset = payload.hasArray() ? payload.arrayOffset() + payload.position() : -1;
        this.length = payload.remaining();
        this.unordered = unordered;
        this.maxRetransmits = maxRetransmits;
        this.expiresNanos = expiresNanos;
        this.receipt = receipt;
    }

    void addChunk(SentChunk c) {
        if (lastChunk == null) {
            firstChunk = c;
        } else {
            lastChunk.nextOfMessage = c;
        }
        lastChunk = c;
        lastTsn = c.tsn;
    }

    /** The first is acknowledged cumulatively: they go in order. */
    void removeFirstChunk() {
        firstChunk = firstChunk.nextOfMessage;
        if (firstChunk == null) {
            lastChunk = null;
        }
    }

    boolean isExpired(long now) {
        return expiresNanos != NEVER && expiresNanos - now <= 0;
    }

    int remaining() {
        return length - offset;
    }

    void write(ByteWriter out, int from, int n) {
        if (arrayOffset >= 0) {
            out.bytes(payload.array(), arrayOffset + from, n);
        } else {
            out.bytes(payload, payload.position() + from, n);
        }
    }
}
