package dev.jvmrtc.media;

import java.util.List;

/**
 * A source that an application feeds with RTP packets in the clear, such as those of a camera or of another session. Payload, marker and the distances of
 * sequence numbers and timestamps are kept; everything else becomes that of the sender. Packets must come in order.
 */
public final class RtpSource extends AbstractSource {

    /** @param kind "audio" or "video" */
    public RtpSource(String kind, EncodedFormat format) {
        super(kind, List.of(format));
    }

    /** Hands on a whole packet with its header. Never blocks. */
    public void push(byte[] packet) {
        deliverRtp(packet);
    }
}
