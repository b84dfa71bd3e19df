package dev.jvmrtc.rtp.receive;

import dev.jvmrtc.rtp.RtpPacket;

/**
 * What stands in front of a stream and makes packets of it out of others that are not: sent again, or sent for the case
 * that some get lost. One for each payload type of such packets. Sans I/O.
 */
public interface Repair {

    /** Takes packets as they were, or would have been, sent at first. Lent for the duration of the call. */
    @FunctionalInterface
    interface Output {
        void restored(long now, RtpPacket packet);
    }

    /**
     * Takes a packet, out of which none, one or more come.
     *
     * @param ssrc of the source that is repaired
     */
    void handlePacket(long now, RtpPacket packet, int ssrc, Output out);
}
