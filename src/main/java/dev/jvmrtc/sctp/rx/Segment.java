package dev.jvmrtc.sctp.rx;

import dev.jvmrtc.sctp.packet.DataHeader;
import dev.jvmrtc.wire.LentBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Consecutive fragments of a message, as they came in order: most messages are a single one in the end. Large fragments
 * stay where they were received, in buffers that hold little else; small ones are copied behind each other, since each
 * that was kept by itself would cost many times its length.
 */
final class Segment {
    /** A fragment as long as this may stay where it is: what it costs beside its bytes is a small part of them. */
    private static final int LEAST_SHARED = 512;

    final int streamId;
    final int payloadProtocolId;
    final boolean begins;
    private boolean ends;
    /** The payloads in order, each to be released once. */
    private final List<LentBytes> parts = new ArrayList<>(4);
    /** Copies of the small fragments behind those parts, or null where there are none. */
    private byte[] copies;
    /** How much of that is used. */
    private int copied;

    private final int room;
    private int length;
    private int fragments;
    private long held;

    /** @param room bytes that are likely to be copied here, where the first one is */
    Segment(DataHeader first, int room) {
        this.room = room;
        streamId = first.streamId();
        payloadProtocolId = first.payloadProtocolId();
        begins = first.begins();
        held = ReceivedMessage.OVERHEAD;
    }

    /**
     * Adds the next fragment.
     *
     * @param completes whether its message is whole with it: it stays where it is then, since most messages are taken
     *     with the packet that completes them; of one that has to wait, see {@link #settle}
     * @return by how many bytes more memory is held than before
     */
    long append(DataHeader header, LentBytes payload, boolean completes) {
        long before = held;
        if (payload.isMostOfItsBuffer() ? payload.length() >= LEAST_SHARED : completes && !parts.isEmpty()) {
            endCopies();
            parts.add(payload.retain());
            held += ReceivedMessage.charge(payload);
        } else {
            copy(payload);
        }
        length += payload.length();
        fragments++;
        ends = header.ends();
        return held - before;
    }

    private void copy(LentBytes payload) {
        int n = payload.length();
        if (copies == null) {
            copies = new byte[parts.isEmpty() ? Math.max(room, n) : n];
        } else if (copied + n > copies.length) {
            // Messages are often a power of two long.
            copies = Arrays.copyOf(copies, Math.max(copied + n, 2 * Integer.highestOneBit(copied + n - 1)));
        }
        held += n; // the array is at most twice as long, or has the room of one short message
        System.arraycopy(payload.array(), payload.offset(), copies, copied, n);
        copied += n;
    }

    /** What follows is no copy. */
    private void endCopies() {
        if (copies != null) {
            parts.add(LentBytes.of(copies, 0, copied));
            copies = null;
            copied = 0;
        }
    }

    /** It has to wait beyond the packet that came last: a small part of that does not pin it any longer. */
    void settle() {
        ReceivedMessage.unpinLast(parts);
    }

    boolean ends() {
        return ends;
    }

    /** Bytes of payload. */
    int length() {
        return length;
    }

    int fragments() {
        return fragments;
    }

    /** Bytes that it is charged for: the buffers that it pins, and the length of what was copied. */
    long held() {
        return held;
    }

    /** Hands the payloads over: whoever takes them releases them. */
    void moveTo(List<LentBytes> message) {
        endCopies();
        message.addAll(parts);
        parts.clear();
    }

    /** Nobody wants it. */
    void release() {
        parts.forEach(LentBytes::release);
        parts.clear();
        copies = null;
    }
}
