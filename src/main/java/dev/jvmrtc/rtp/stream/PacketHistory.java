package dev.jvmrtc.rtp.stream;

/** The last packets of a stream, for resending. A ring by sequence number; nothing is allocated once it has been filled. */
final class PacketHistory {

    /** Packets kept: about a second of 10 Mbit/s. A power of two. */
    static final int SIZE = 1_024;
    private static final long MAX_AGE_NANOS = 3_000_000_000L;

    static final class Entry {
        int sequence = -1;
        byte[] data = new byte[0];
        int length;
        long sentNanos;
        long resentNanos;
        boolean resent;
    }

    private final Entry[] entries = new Entry[SIZE];

    void store(int sequence, byte[] data, int length, long now) {
        Entry e = entries[sequence & SIZE - 1];
        if (e == null) {
            e = new Entry();
            entries[sequence & SIZE - 1] = e;
        }
        if (e.data.length < length) {
            e.data = new byte[Math.max(length, OutgoingPacket.CAPACITY)];
        }
        System.arraycopy(data, 0, e.data, 0, length);
        e.sequence = sequence;
        e.length = length;
        e.sentNanos = now;
        e.resent = false;
    }

    void clear() {
        java.util.Arrays.fill(entries, null);
    }

    /** The packet, if it is still kept and was not resent within {@code minInterval}. */
    Entry find(int sequence, long now, long minIntervalNanos) {
        Entry e = entries[sequence & SIZE - 1];
        if (e == null || e.sequence != sequence || now - e.sentNanos > MAX_AGE_NANOS || e.resent && now - e.resentNanos < minIntervalNanos) {
            return null;
        }
        return e;
    }
}
