package dev.jvmrtc.rtp.stream;

/** An RTP packet in the send queue, in the clear, with room behind it for what SRTP adds. Reused through {@link PacketPool}. */
public final class OutgoingPacket {
    /** Largest packet with its SRTP overhead. */
    static final int CAPACITY = 1_500;

    public byte[] data = new byte[CAPACITY];
    public int length;
    RtpSendStream stream;
    int sequence;
    boolean retransmission;
    /** The bytes are protected already: a resend of exactly what was sent before. */
    public boolean protectedAlready;

    /** Grows the array for the rare payload that cannot be cut (a large audio frame). */
    void ensure(int capacity) {
        if (data.length < capacity) {
            data = new byte[capacity];
        }
    }

    public RtpSendStream stream() {
        return stream;
    }
}
