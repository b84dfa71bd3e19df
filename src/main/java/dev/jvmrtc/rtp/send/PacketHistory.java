package dev.jvmrtc.rtp.send;

/**
 * The last packets of a stream, for resending. A ring by sequence number; nothing is allocated once it has been filled.
 * With RTX the packets themselves are kept, in the clear; without, only what they were, since who protected them keeps
 * them.
 */
final class PacketHistory {

    /** Packets kept: about a second of 10 Mbit/s. A power of two. */
    static final int SIZE = 1_024;
    /** How often one packet is resent at most: a path that loses it five times in a row loses all others too. */
    static final int MAX_RESENDS = 5;

    private static final long MAX_AGE_NANOS = 3_000_000_000L;

    static final class Entry {
        int sequence = -1;
        /** Null where the bytes are not kept here. */
        byte[] data;

        int length;
        int transportSequenceAt;
        long sentNanos;
        long resentNanos;
        int resends;
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
        if (withBytes) {
            if (e.data == null || e.data.length < p.length) {
                e.data = new byte[Math.max(p.length, OutgoingPacket.CAPACITY)];
            }
            System.arraycopy(p.data, 0, e.data, 0, p.length);
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

    void clear() {
        if (!empty) {
            java.util.Arrays.fill(entries, null);
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
