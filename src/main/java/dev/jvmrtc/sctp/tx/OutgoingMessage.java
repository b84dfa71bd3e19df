package dev.jvmrtc.sctp.tx;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

/** A message on its way out, whole or in part. Its payload is shared by its fragments, never copied. */
public final class OutgoingMessage {
    final int streamId;
    final int ppid;
    final byte[] payload;
    final boolean unordered;
    /** Retransmissions allowed per fragment, or −1 for as many as it takes (RFC 7496 §3.1). */
    final int maxRetransmits;
    /** When it is given up (RFC 3758 §4.1), or NEVER. */
    final long expiresNanos;
    /** The stream sequence number (RFC 9260 §3.3.1), or the message identifier (RFC 8260 §2.1) where messages interleave. */
    int number;
    int offset;
    int fragments;
    int firstTsn;
    int lastTsn;
    boolean abandoned;

    public OutgoingMessage(int streamId, int ppid, byte[] payload, boolean unordered, int maxRetransmits, long expiresNanos) {
        this.streamId = streamId;
        this.ppid = ppid;
        this.payload = payload;
        this.unordered = unordered;
        this.maxRetransmits = maxRetransmits;
        this.expiresNanos = expiresNanos;
    }

    boolean isExpired(long now) {
        return expiresNanos != NEVER && expiresNanos - now <= 0;
    }

    int remaining() {
        return payload.length - offset;
    }
}
