package dev.jvmrtc.sctp.rx;

import dev.jvmrtc.wire.LentBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
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
    /** Shorter ones are cheaper put together than the object is that shows parts as one. */
    private static final int LEAST_COMPOSITE = 8_192;

    private final int streamId;
    private final int payloadProtocolId;
    private final int length;
    private final int held;
    /** The payload where it came in one fragment; else null. */
    private final LentBytes whole;
    /** The payload where it came in several, in order; else empty. */
    private final List<LentBytes> parts;

    /** One that came in one fragment, whose payload is retained for as long as the message is not ended. */
    ReceivedMessage(int streamId, int payloadProtocolId, LentBytes payload) {
        this.streamId = streamId;
        this.payloadProtocolId = payloadProtocolId;
        this.length = payload.length();
        this.whole = payload.retain();
        this.parts = List.of();
        this.held = held(charge(payload));
    }

    /** @param parts belong to the message from now on */
    ReceivedMessage(int streamId, int payloadProtocolId, List<LentBytes> parts) {
        this.streamId = streamId;
        this.payloadProtocolId = payloadProtocolId;
        this.whole = null;
        this.parts = parts;
        int bytes = 0;
        int pinned = 0;
        for (LentBytes p : parts) {
            bytes += p.length();
            pinned += charge(p);
        }
        this.length = bytes;
        this.held = held(pinned);
    }

    /**
     * Bytes that are charged for a payload where it was received: what it pins, if it is most of that; else its length,
     * since it is {@linkplain #alone copied} where it has to wait.
     */
    static int charge(LentBytes payload) {
        return payload.isMostOfItsBuffer() ? payload.pinned() : payload.length();
    }

    /** The last of several, where it is a small part of a packet that came last, is copied. */
    static void unpinLast(List<LentBytes> parts) {
        int last = parts.size() - 1;
        if (last >= 0 && parts.get(last).isCounted() && !parts.get(last).isMostOfItsBuffer()) {
            LentBytes pinning = parts.set(last, LentBytes.of(parts.get(last).copy()));
            pinning.release();
        }
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
        LentBytes only = whole != null ? whole : parts.size() == 1 ? parts.get(0) : null;
        if (only != null && only.isWholeArray()) {
            return only.array(); // copied or put together before, for nobody else
        }
        byte[] bytes = new byte[length];
        if (whole != null) {
            whole.copyTo(bytes, 0);
        }
        int at = 0;
        for (LentBytes p : parts) {
            p.copyTo(bytes, at);
            at += p.length();
        }
        release();
        return bytes;
    }

    /** Its payload as a buffer, to be released by the caller; ends the message. */
    public ByteBuf takeBuffer() {
        ByteBuf buffer;
        if (whole != null && whole.isMostOfItsBuffer()) {
            buffer = whole.keep(0, length);
        } else if (parts.size() == 1 && !parts.get(0).isCounted()) {
            LentBytes copies = parts.get(0); // put together here, for nobody else
            return Unpooled.wrappedBuffer(copies.array(), copies.offset(), length);
        } else if (whole == null && parts.size() <= MAX_PARTS && length >= LEAST_COMPOSITE) {
            CompositeByteBuf all = ByteBufAllocator.DEFAULT.compositeHeapBuffer(parts.size());
            parts.forEach(p -> all.addComponent(true, p.keep(0, p.length())));
            buffer = all;
        } else {
            ByteBuf all = ByteBufAllocator.DEFAULT.heapBuffer(length, length);
            if (whole != null) {
                all.writeBytes(whole.array(), whole.offset(), length);
            }
            parts.forEach(p -> all.writeBytes(p.array(), p.offset(), p.length()));
            buffer = all;
        }
        release();
        return buffer;
    }

    /**
     * The same message where it pins no more than it is charged for, which stays as it was: what is a small part of the
     * last packet is copied. This one is not to be used any more.
     */
    public ReceivedMessage alone() {
        if (whole == null) {
            unpinLast(parts);
            return this;
        }
        if (whole.isMostOfItsBuffer()) {
            return this;
        }
        LentBytes copy = LentBytes.of(whole.copy());
        whole.release();
        return new ReceivedMessage(streamId, payloadProtocolId, List.of(copy));
    }

    /** Nobody wants it. */
    public void release() {
        if (whole != null) {
            whole.release();
        } else {
            parts.forEach(LentBytes::release);
        }
    }
}
