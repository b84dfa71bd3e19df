package dev.jvmrtc.rtp.header;

import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.wire.Bytes;

/**
 * How long a sender wants its frames to be held between capture and show. It holds until another is told.
 *
 * @param minMillis at least, 0 … 40,950
 * @param maxMillis at most, not less than that
 */
public record PlayoutDelay(int minMillis, int maxMillis) {
    private static final int LENGTH = 3;
    private static final int STEP_MILLIS = 10;

    /**
     * {@return what a packet says; null where it says nothing, or that the least is more than the most}
     *
     * @param id of the extension, 0 for none
     */
    public static PlayoutDelay of(RtpPacket p, int id) {
        if (!p.findExtension(id) || p.extensionLength() != LENGTH) {
            return null;
        }
        int both = Bytes.u24(p.array(), p.extensionOffset());
        int min = (both >> 12) * STEP_MILLIS;
        int max = (both & 0xfff) * STEP_MILLIS;
        return min <= max ? new PlayoutDelay(min, max) : null;
    }
}
