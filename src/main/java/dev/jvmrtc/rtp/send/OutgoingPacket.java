package dev.jvmrtc.rtp.send;

/**
 * An RTP packet in the clear, which has never left, with room behind it for what SRTP adds. It leaves by being
 * protected, once, and in no other way: what is sent again is a new packet of the RTX source, or a
 * {@link RepeatedPacket}. Reused through {@link PacketPool}.
 */
public final class OutgoingPacket extends QueuedPacket {
    /** Largest packet with its SRTP overhead. */
    static final int CAPACITY = 1_500;

    byte[] data = new byte[CAPACITY];
    int sequence;
    long timestamp;
    /** Where the transport-wide sequence number is to be written just before it leaves; −1 where it has none. */
    int transportSequenceAt = -1;

    /** The bytes, from 0 to {@link #length()}, and room for 64 more. */
    public byte[] data() {
        return data;
    }

    /** Whether it sends again, by RTX, what has left before. */
    public boolean isRetransmission() {
        return retransmission;
    }

    /** Grows the array for the rare payload that cannot be cut (a large audio frame). */
    void ensure(int capacity) {
        if (data.length < capacity) {
            data = new byte[capacity];
        }
    }
}
