package dev.jvmrtc.sctp.rx;

import dev.jvmrtc.sctp.packet.DataHeader;
import dev.jvmrtc.wire.LentBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/**
 * Consecutive fragments of a message, as they came in order: most messages are a single one in the end. Large fragments
 * stay where they were received, in buffers that are shared with nobody else's bytes of note; small ones are copied
 * behind each other, since each that was kept by itself would cost many times its length.
 */
final class Segment {
    /** A fragment as long as this may stay where it is: what it costs beside its bytes is a small part of them. */
    private static final int LEAST_SHARED = 512;

    final int streamId;
    final int payloadProtocolId;
    final boolean begins;
    private boolean ends;
    /** The payloads in order, each to be released once. */
    private final List<ByteBuf> parts = new ArrayList<>(4);
    /** The last of them where it is a copy of ours, which small fragments are added to; or null. */
    private ByteBuf copies;

    private int length;
    private int fragments;
    private long held;

    Segment(DataHeader first) {
        streamId = first.streamId();
        payloadProtocolId = first.payloadProtocolId();
        begins = first.begins();
        held = ReceivedMessage.OVERHEAD;
    }

    /**
     * Adds the next fragment.
     *
     * @return by how many bytes more memory is held than before
     */
    long append(DataHeader header, LentBytes payload) {
        long before = held;
        int n = payload.length();
        if (n >= LEAST_SHARED && payload.isMostOfItsBuffer()) {
            ByteBuf shared = payload.keep(0, n);
            parts.add(shared);
            copies = null;
            held += LentBytes.pinnedBy(shared);
        } else {
            if (copies == null) {
                copies = Unpooled.buffer(n);
                parts.add(copies);
            } else {
                held -= copies.capacity();
            }
            copies.writeBytes(payload.array(), payload.offset(), n);
            held += copies.capacity();
        }
        length += n;
        fragments++;
        ends = header.ends();
        return held - before;
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

    /** Bytes of memory that it holds. */
    long held() {
        return held;
    }

    /** Hands the payloads over: whoever takes them releases them. */
    void moveTo(List<ByteBuf> message) {
        message.addAll(parts);
        parts.clear();
        copies = null;
    }

    /** Nobody wants it. */
    void release() {
        parts.forEach(ByteBuf::release);
        parts.clear();
        copies = null;
    }
}
