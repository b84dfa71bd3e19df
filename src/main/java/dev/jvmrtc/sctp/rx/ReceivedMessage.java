package dev.jvmrtc.sctp.rx;

import dev.jvmrtc.wire.LentBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import java.util.List;

/**
 * A whole message of the peer, its bytes where they were received. Whoever has it ends it once: by {@link #takeBytes},
 * {@link #takeBuffer} or {@link #release}.
 */
public final class ReceivedMessage {
    /**
     * What a message costs beside its payload: without this, a window of tiny ones would be many times its size on the
     * heap.
     */
    static final int OVERHEAD = 64;
    /** Of so many parts at the most a message is given as it is; of more it is put together. */
    private static final int MAX_PARTS = 16;

    private final int streamId;
    private final int payloadProtocolId;
    private final int length;
    private final int held;
    /** The payload where it came in one fragment, retained; else null. */
    private final LentBytes whole;
    /** The payload where it came in several, in order; else empty. */
    private final List<ByteBuf> parts;

    /** One that came in one fragment; keeps it for as long as it is not ended. */
    ReceivedMessage(int streamId, int payloadProtocolId, LentBytes payload) {
        this.streamId = streamId;
        this.payloadProtocolId = payloadProtocolId;
        this.length = payload.length();
        this.whole = payload.retain(0, length);
        this.parts = List.of();
        this.held = held(length);
    }

    /** @param parts belong to the message from now on */
    ReceivedMessage(int streamId, int payloadProtocolId, List<ByteBuf> parts) {
        this.streamId = streamId;
        this.payloadProtocolId = payloadProtocolId;
        this.whole = null;
        this.parts = parts;
        int bytes = 0;
        int pinned = 0;
        for (ByteBuf p : parts) {
            bytes += p.readableBytes();
            pinned += LentBytes.pinnedBy(p);
        }
        this.length = bytes;
        this.held = pinned + OVERHEAD;
    }

    public int streamId() {
        return streamId;
    }

    public int payloadProtocolId() {
        return payloadProtocolId;
    }

    /** Bytes of payload. */
    public int length() {
        return length;
    }

    /** Bytes of the receive window that it fills until it is said to have been taken. */
    public int held() {
        return held;
    }

    /** The same for a payload of so many bytes in an array of its own. */
    public static int held(int payloadLength) {
        return payloadLength + OVERHEAD;
    }

    /** Its payload as an array, which is the caller's; ends the message. */
    public byte[] takeBytes() {
        if (whole != null) {
            byte[] bytes = whole.copy();
            whole.release();
            return bytes;
        }
        byte[] bytes = new byte[length];
        int at = 0;
        for (ByteBuf p : parts) {
            int n = p.readableBytes();
            p.getBytes(p.readerIndex(), bytes, at, n);
            at += n;
        }
        release();
        return bytes;
    }

    /** Its payload as a buffer, to be released by the caller; ends the message. */
    public ByteBuf takeBuffer() {
        if (whole != null) {
            ByteBuf kept = whole.keep(0, length);
            whole.release();
            return kept;
        }
        if (parts.size() == 1) {
            return parts.get(0);
        }
        if (parts.size() <= MAX_PARTS) {
            CompositeByteBuf all = ByteBufAllocator.DEFAULT.compositeHeapBuffer(parts.size());
            return all.addComponents(true, parts);
        }
        ByteBuf all = ByteBufAllocator.DEFAULT.heapBuffer(length, length);
        parts.forEach(p -> all.writeBytes(p, p.readerIndex(), p.readableBytes()));
        release();
        return all;
    }

    /** The same message without the rest of the packet that it came in, which it pins; ends this one. */
    public ReceivedMessage alone() {
        return whole == null ? this : new ReceivedMessage(streamId, payloadProtocolId, List.of(takeBuffer()));
    }

    /** Nobody wants it. */
    public void release() {
        if (whole != null) {
            whole.release();
        }
        parts.forEach(ByteBuf::release);
    }
}
