package dev.jvmrtc.rtp.send;

import io.netty.buffer.ByteBuf;

/**
 * An RTP packet in the clear, which has never left. All of it lies in an array of its own, with room behind it for what
 * SRTP adds; or, of a packet that is forwarded, the header only, and the payload in a buffer that others send and keep
 * too, so that nobody may change it. It leaves by being protected, once, and in no other way: what is sent again is a
 * new packet of the RTX source, or a {@link RepeatedPacket}. Reused through {@link PacketPool}, which lets go of the
 * payload.
 */
public final class OutgoingPacket extends QueuedPacket {
    /** Largest packet with its SRTP overhead. */
    static final int CAPACITY = 1_500;
    /** Room for the header of a packet whose payload is shared; extensions of ours have less than half of it. */
    static final int HEADER_CAPACITY = 96;
    /** What SRTP may add, behind a packet that is protected in place. */
    static final int OVERHEAD = 64;

    byte[] data;
    int sequence;
    long timestamp;
    /** Where the transport-wide sequence number is to be written just before it leaves; −1 where it has none. */
    int transportSequenceAt = -1;
    /** Holds the payload, retained; null where that is in {@link #data}. */
    ByteBuf payload;
    /** Where the payload begins in the array of its buffer. */
    int payloadOffset;
    /** Bytes of the payload that is shared. */
    int payloadLength;

    OutgoingPacket(int capacity) {
        data = new byte[capacity];
    }

    /** The bytes from 0 to {@link #length()}, and room for 64 more; those of the header only where it is shared. */
    public byte[] data() {
        return data;
    }

    /** Whether the payload is not in {@link #data()}. */
    public boolean isShared() {
        return payload != null;
    }

    /** Bytes of header in front of a payload that is shared. */
    public int headerLength() {
        return length - payloadLength;
    }

    /** The array that a shared payload lies in; not to be changed. */
    public byte[] payload() {
        return payload.array();
    }

    /** Where a shared payload begins in its array. */
    public int payloadOffset() {
        return payloadOffset;
    }

    /** Bytes of a shared payload. */
    public int payloadLength() {
        return payloadLength;
    }

    /** Whether it sends again, by RTX, what has left before. */
    public boolean isRetransmission() {
        return retransmission;
    }

    /** Takes the payload of a packet that others send too. */
    void share(ByteBuf buffer, int offset, int size) {
        payload = buffer.retain();
        payloadOffset = offset;
        payloadLength = size;
    }

    /** Becomes a copy of a packet whose payload is shared. */
    void copy(OutgoingPacket shared) {
        int header = shared.headerLength();
        ensure(shared.length + OVERHEAD);
        System.arraycopy(shared.data, 0, data, 0, header);
        System.arraycopy(shared.payload.array(), shared.payloadOffset, data, header, shared.payloadLength);
        stream = shared.stream;
        length = shared.length;
        retransmission = shared.retransmission;
        sequence = shared.sequence;
        timestamp = shared.timestamp;
        transportSequenceAt = shared.transportSequenceAt;
    }

    /** Gives back a payload that is shared. */
    void letGo() {
        if (payload != null) {
            payload.release();
            payload = null;
            payloadLength = 0;
        }
    }

    /** Grows the array for the rare payload that cannot be cut (a large audio frame). */
    void ensure(int capacity) {
        if (data.length < capacity) {
            data = new byte[capacity];
        }
    }
}
