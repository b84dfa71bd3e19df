package dev.jvmrtc.media;

import dev.jvmrtc.media.frame.EncodedFormat;
import io.netty.buffer.ByteBuf;
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

    /**
     * The same with a counted buffer, for forwarding: all senders of the source read the packet where it lies, each
     * writes its own header, and encrypts on the way into its own datagram. So a packet that came from the network and
     * is sent to fifty is not copied:
     *
     * <pre>{@code
     * public void onRtpPacket(ByteBuf packet) {
     *     source.push(packet.retain());
     * }
     * }</pre>
     *
     * A buffer that is not on the heap is copied once, and so is one that holds more than twice its length of memory.
     *
     * @param packet taken over, and released once whatever happens; neither its bytes nor its indices are to be changed
     *     afterwards
     * @return as {@link #push(byte[])}
     */
    public CompletableFuture<Void> push(ByteBuf packet) {
        return deliverRtp(packet);
    }
}
