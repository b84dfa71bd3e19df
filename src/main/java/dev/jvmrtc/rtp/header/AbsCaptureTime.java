package dev.jvmrtc.rtp.header;

import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.wire.Bytes;

/**
 * When the first frame of a packet was captured.
 *
 * @param ntp by the clock of the system that captured it: seconds since 1900 in the upper 32 bits, their parts in the
 *     lower (RFC 3550 §4)
 * @param offset what has to be added for the time by the clock of who sent the packet, in units of 2^-32 seconds; null
 *     where it is not said
 */
public record AbsCaptureTime(long ntp, Long offset) {
    private static final int SHORT = 8;
    private static final int LONG = 16;

    /**
     * {@return what a packet says, or null}
     *
     * @param id of the extension, 0 for none
     */
    public static AbsCaptureTime of(RtpPacket p, int id) {
        if (!p.findExtension(id) || p.extensionLength() != SHORT && p.extensionLength() != LONG) {
            return null;
        }
        int at = p.extensionOffset();
        return new AbsCaptureTime(
                Bytes.i64(p.array(), at), p.extensionLength() == LONG ? Bytes.i64(p.array(), at + SHORT) : null);
    }
}
