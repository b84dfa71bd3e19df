package dev.jvmrtc.rtp.header;

import java.util.Map;

/**
 * What the ids of RTP header extensions mean (RFC 8285 §5) for what is sent, or for what is received, of one media
 * section: those that both sides have agreed on. The ones that are asked for with each packet have a method of their
 * own. Which are offered, {@code jsep.OfferedExtensions} says; {@code rtp.send.RtpSendStream} writes them, and who
 * reads one asks {@code RtpPacket.findExtension}.
 */
public final class HeaderExtensions {
    /** The section that a packet belongs to (RFC 9143 §15.2). */
    public static final String MID = "urn:ietf:params:rtp-hdrext:sdes:mid";
    /** The stream of simulcast that a packet belongs to (RFC 8852 §3.1). */
    public static final String RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
    /** The same of the stream that a packet repairs (RFC 8852 §3.2). */
    public static final String REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
    /** A number that counts all packets of a transport. */
    public static final String TRANSPORT_SEQUENCE =
            "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
    /** By how much a picture has to be turned (3GPP TS 26.114 §7.4.5). */
    public static final String VIDEO_ORIENTATION = "urn:3gpp:video-orientation";

    public static final HeaderExtensions NONE = new HeaderExtensions(Map.of());

    private final Map<String, Integer> ids;
    private final int mid;
    private final int transportSequence;
    private final int videoOrientation;

    private HeaderExtensions(Map<String, Integer> ids) {
        this.ids = Map.copyOf(ids);
        this.mid = id(MID);
        this.transportSequence = id(TRANSPORT_SEQUENCE);
        this.videoOrientation = id(VIDEO_ORIENTATION);
    }

    /** @param ids by URI; those that no packet can have, not 1 … 255, are kept but never written */
    public static HeaderExtensions of(Map<String, Integer> ids) {
        return ids.isEmpty() ? NONE : new HeaderExtensions(ids);
    }

    /** The id of an extension by its URI; 0 where it was not agreed on. */
    public int id(String uri) {
        return ids.getOrDefault(uri, 0);
    }

    public int mid() {
        return mid;
    }

    public int transportSequence() {
        return transportSequence;
    }

    public int videoOrientation() {
        return videoOrientation;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HeaderExtensions e && ids.equals(e.ids);
    }

    @Override
    public int hashCode() {
        return ids.hashCode();
    }

    @Override
    public String toString() {
        return "HeaderExtensions" + ids;
    }
}
