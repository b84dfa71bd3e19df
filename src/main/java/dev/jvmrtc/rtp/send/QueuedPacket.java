package dev.jvmrtc.rtp.send;

/** What waits in a {@link Pacer}: a packet that has not left yet, or the wish to send one once more that has. */
public abstract sealed class QueuedPacket permits OutgoingPacket, RepeatedPacket {
    RtpSendStream stream;
    int length;
    boolean retransmission;

    public final RtpSendStream stream() {
        return stream;
    }

    /** Bytes of RTP. */
    public final int length() {
        return length;
    }
}
