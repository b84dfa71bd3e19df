package dev.jvmrtc.rtp.send;

/**
 * A packet that is to be sent again exactly as it was (no RTX was negotiated). It has no bytes: whoever protected the
 * packet has kept those.
 */
public final class RepeatedPacket extends QueuedPacket {
    private final int sequence;

    RepeatedPacket(RtpSendStream stream, int sequence, int length) {
        this.stream = stream;
        this.sequence = sequence;
        this.length = length;
        this.retransmission = true;
    }

    public int ssrc() {
        return stream.ssrc();
    }

    public int sequence() {
        return sequence;
    }
}
