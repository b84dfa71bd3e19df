package dev.jvmrtc.rtp.send;

import io.netty.buffer.ByteBuf;

/**
 * The last packets of a stream, for resending. A ring by sequence number; nothing is allocated once it has been filled.
 * With RTX the packets themselves are kept, in the clear: copies of our own, and of those that are forwarded the header
 * and the payload that others send too. Without RTX only what they were is kept, since who protected them keeps them.
 */
final class PacketHistory {

    /** Packets kept: about a second of 10 Mbit/s. A power of two. */
    static final int SIZE = 1_024;
    /** How often one packet is resent at most: a path that loses it five times in a row loses all others too. */
    static final int MAX_RESENDS = 5;

    private static final long MAX_AGE_NANOS = 3_000_000_000L;

    static final class Entry {
        int sequence = -1;
        /** The packet, or its header where the payload is shared; null where the bytes are not kept here. */
        byte[] data;
        /** Holds the payload, retained; null where that is in {@link #data}. */
        ByteBuf payload;

        int payloadOffset;
        int payloadLength;
        int length;
        int transportSequenceAt;
        long sentNanos;
        long resentNanos;
        int resends;

        private void copy(OutgoingPacket p) {
            int own = p.length - p.payloadLength;
            if (data == null || data.length < own) {
                data = new byte[Math.max(own, p.isShared() ? OutgoingPacket.HEADER_CAPACITY : OutgoingPacket.CAPACITY)];
            }
            System.arraycopy(p.data, 0, data, 0, own);
            if (p.isShared()) {
                payload = p.payload.retain();
                payloadOffset = p.payloadOffset;
                payloadLength = p.payloadLength;
            }
        }

        private void letGo() {
            if (payload != null) {
                payload.release();
                payload = null;
                payloadLength = 0;
            }
        }

        /** Bytes of the packet that lie in {@link #data}. */
        int own() {
            return length - payloadLength;
        }
    }

    private final Entry[] entries = new Entry[SIZE];
    private boolean empty = true;

    /** Notes a packet that leaves; its bytes too where they are needed. */
    void store(OutgoingPacket p, boolean withBytes, long now) {
        Entry e = entries[p.sequence & SIZE - 1];
        if (e == null) {
            e = new Entry();
            entries[p.sequence & SIZE - 1] = e;
        }
        e.letGo();
        if (withBytes) {
            e.copy(p);
        } else {
            e.data = null;
        }
        e.sequence = p.sequence;
        e.length = p.length;
        e.transportSequenceAt = p.transportSequenceAt;
        e.sentNanos = now;
        e.resends = 0;
        empty = false;
    }

    /** Forgets all of them, and gives back payloads that are shared. */
    void clear() {
        if (!empty) {
            for (int i = 0; i < SIZE; i++) {
                if (entries[i] != null) {
                    entries[i].letGo();
                    entries[i] = null;
                }
            }
            empty = true;
        }
    }

    /** The packet, if it is still kept, was not resent within {@code minInterval}, and not too often. */
    Entry find(int sequence, long now, long minIntervalNanos) {
        Entry e = entries[sequence & SIZE - 1];
        if (e == null
                || e.sequence != sequence
                || now - e.sentNanos > MAX_AGE_NANOS
                || e.resends == MAX_RESENDS
                || e.resends > 0 && now - e.resentNanos < minIntervalNanos) {
            return null;
        }
        return e;
    }

    /** It is resent now. */
    void resent(Entry e, long now) {
        e.resends++;
        e.resentNanos = now;
    }
}
