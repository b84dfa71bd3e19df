package dev.jvmrtc.session.media;

import dev.jvmrtc.rtp.RtpPacket;

/**
 * Stands between the media of a session and what protects its packets: sees each RTP packet in the clear, those that
 * leave when their turn has come, those that arrive before anything else looks at them. Called on the loop; not to be
 * exported yet.
 */
public interface RtpInterceptor {

    /**
     * A packet is about to leave. What is changed in place leaves so, and is sent again so; its length cannot change.
     * What is sent again does not come here a second time. The transport-wide sequence number is written afterwards, so
     * that none is used up by a packet that is dropped; its RTP sequence number is.
     *
     * @param packet lent for the call
     * @return false drops it, and it is counted
     */
    default boolean outgoing(long now, RtpPacket packet) {
        return true;
    }

    /**
     * A packet was received.
     *
     * @param packet lent for the call
     * @return false takes it from all that follows, and it is counted
     */
    default boolean incoming(long now, RtpPacket packet) {
        return true;
    }
}
