package dev.jvmrtc.rtp.header;

import dev.jvmrtc.rtp.RtpPacket;

/** What frames show; it holds until another is told. */
public enum VideoContentType {
    /** A camera, or anything that moves like the world. */
    UNSPECIFIED,
    /** A screen. */
    SCREENSHARE;

    /**
     * {@return what a packet says, or null} Of the byte the lowest bit tells; others were used by experiments.
     *
     * @param id of the extension, 0 for none
     */
    public static VideoContentType of(RtpPacket p, int id) {
        return p.findExtension(id) && p.extensionLength() == 1
                ? (p.array()[p.extensionOffset()] & 1) != 0 ? SCREENSHARE : UNSPECIFIED
                : null;
    }
}
