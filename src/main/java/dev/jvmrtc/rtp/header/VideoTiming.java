package dev.jvmrtc.rtp.header;

import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.wire.Bytes;

/**
 * What took how long before a frame left, in milliseconds since its capture, 0 … 65,535 each. Only some frames tell.
 *
 * @param flags why this frame tells, see {@link #BY_TIMER} and {@link #BY_SIZE}; 0xff where it is not said
 * @param pacerExit when the pacer let go of its last packet
 * @param network when it came to the first server in between, 0 without one
 * @param network2 when it came to a second one
 */
public record VideoTiming(
        int flags, int encodeStart, int encodeFinish, int packetized, int pacerExit, int network, int network2) {
    /** It was time for one. */
    public static final int BY_TIMER = 1;
    /** The frame is far larger than others. */
    public static final int BY_SIZE = 2;

    private static final int LENGTH = 13;
    /** Where in the value that begins which the pacer and servers fill in: they change it under way. */
    static final int MUTABLE_FROM = 7;

    /**
     * {@return what a packet says, or null}
     *
     * @param id of the extension, 0 for none
     */
    public static VideoTiming of(RtpPacket p, int id) {
        if (!p.findExtension(id) || p.extensionLength() != LENGTH) {
            return null;
        }
        byte[] d = p.array();
        int at = p.extensionOffset();
        return new VideoTiming(
                d[at] & 0xff,
                Bytes.u16(d, at + 1),
                Bytes.u16(d, at + 3),
                Bytes.u16(d, at + 5),
                Bytes.u16(d, at + 7),
                Bytes.u16(d, at + 9),
                Bytes.u16(d, at + 11));
    }
}
