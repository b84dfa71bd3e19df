package dev.jvmrtc.session.media;

import dev.jvmrtc.rtp.RtpPacket;

/**
 * Stands between the media of a session and what protects its packets: sees each RTP packet in the clear, those that leave with all that they leave with, those that
 * arrive before anything else looks at them. Called on the loop; not to be exported yet.
 */
public interface RtpInterceptor {

    /**
     * A packet is about to be protected. What is changed in place leaves so; its length cannot change. Packets that SRTP sends again as they were do not come here
     * a second time.
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
