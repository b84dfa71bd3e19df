package dev.jvmrtc.sctp.rx;

import dev.jvmrtc.sctp.packet.DataHeader;

/**
 * Consecutive fragments of a message, copied together as they came in order: most messages are a single one in the end.
 */
final class Segment {
    final int streamId;
    final int payloadProtocolId;
    final boolean begins;
    private boolean ends;
    private byte[] bytes;
    private int length;
    private int fragments;

    /** @param room where the bytes go, as long as they fit */
    Segment(DataHeader first, byte[] room) {
        streamId = first.streamId();
        payloadProtocolId = first.payloadProtocolId();
        begins = first.begins();
        bytes = room;
    }

    /** Adds the next fragment, a copy of it. */
    void append(DataHeader header, byte[] data, int offset, int n) {
        if (length + n > bytes.length) {
            // Messages are often a power of two long.
            byte[] larger = new byte[Math.max(length + n, 2 * Integer.highestOneBit(length + n - 1))];
            System.arraycopy(bytes, 0, larger, 0, length);
            bytes = larger;
        }
        System.arraycopy(data, offset, bytes, length, n);
        length += n;
        fragments++;
        ends = header.ends();
    }

    boolean ends() {
        return ends;
    }

    /** The payloads, in the first {@link #length} bytes. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    int fragments() {
        return fragments;
    }
}
