package dev.jvmrtc.media;

import dev.jvmrtc.media.frame.EncodedFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A source that an application feeds with RTP packets in the clear, such as those of a camera or of another session.
 * Payload, marker and the distances of sequence numbers and timestamps are kept; everything else becomes that of the
 * sender. Packets must come in order.
 */
public final class RtpSource extends AbstractSource {

    /**
     * A source of packets of one format.
     *
     * @param kind "audio" or "video"
     * @param format what the payload is; a sender is negotiated with it
     */
    public RtpSource(String kind, EncodedFormat format) {
        super(kind, List.of(format));
    }

    /**
     * Hands on a whole packet with its header. Never blocks: where the packets of a sender wait because they are pushed
     * faster than they can be sent, the future tells when to go on. What is pushed before is dropped, and counted among
     * the connection's drops; packets that are dropped here leave no gap in the numbers that are sent, while those that
     * were missing before do.
     *
     * @param packet is not to be changed afterwards
     * @return complete at once where all senders of the source take the next packet too; else it completes, on the
     *     connection's executor, when they do, or will not send it any more. It never fails, unless a sink that the
     *     application has written gives one that does.
     */
    public CompletableFuture<Void> push(byte[] packet) {
        return deliverRtp(packet);
    }
}
