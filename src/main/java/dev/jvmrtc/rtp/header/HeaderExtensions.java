package dev.jvmrtc.rtp.header;

import dev.jvmrtc.rtp.RtpPacket;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;

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
    /** How much later than its timestamp says a packet left (RFC 5450 §2). */
    public static final String TRANSMISSION_OFFSET = "urn:ietf:params:rtp-hdrext:toffset";
    /** When a packet left, see {@link AbsSendTime}. */
    public static final String ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
    /** When a frame was captured, see {@link AbsCaptureTime}. */
    public static final String ABS_CAPTURE_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";
    /** How loud a packet's sound is (RFC 6464), see {@link AudioLevel}. */
    public static final String AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
    /** How loud each of those is who were mixed (RFC 6465), see {@link AudioLevel}. */
    public static final String CSRC_AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:csrc-audio-level";
    /** How long a sender wants its frames to be held, see {@link PlayoutDelay}. */
    public static final String PLAYOUT_DELAY = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";
    /** Whether frames show a screen, see {@link VideoContentType}. */
    public static final String VIDEO_CONTENT_TYPE = "http://www.webrtc.org/experiments/rtp-hdrext/video-content-type";
    /** What took how long before a frame left, see {@link VideoTiming}. */
    public static final String VIDEO_TIMING = "http://www.webrtc.org/experiments/rtp-hdrext/video-timing";

    public static final HeaderExtensions NONE = new HeaderExtensions(Map.of());

    private final Map<String, Integer> ids;
    private final int mid;
    private final int transportSequence;
    private final int videoOrientation;
    /** Of extensions that are written when a packet leaves, after what protects it was made. */
    private final int[] writtenLast;

    private final int videoTiming;

    private HeaderExtensions(Map<String, Integer> ids) {
        this.ids = Map.copyOf(ids);
        this.mid = id(MID);
        this.transportSequence = id(TRANSPORT_SEQUENCE);
        this.videoOrientation = id(VIDEO_ORIENTATION);
        this.writtenLast = Stream.of(TRANSPORT_SEQUENCE, ABS_SEND_TIME, TRANSMISSION_OFFSET)
                .mapToInt(this::id)
                .filter(id -> id > 0)
                .toArray();
        this.videoTiming = id(VIDEO_TIMING);
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

    /**
     * Makes a packet, in its array, what it was when forward error correction was made of it: what senders write as it
     * leaves, and servers under way, was zero then.
     */
    public void clearWrittenLast(RtpPacket p) {
        for (int id : writtenLast) {
            if (p.findExtension(id)) {
                clear(p, 0);
            }
        }
        if (p.findExtension(videoTiming)) {
            clear(p, VideoTiming.MUTABLE_FROM);
        }
    }

    private static void clear(RtpPacket p, int from) {
        int end = p.extensionOffset() + p.extensionLength();
        Arrays.fill(p.array(), Math.min(end, p.extensionOffset() + from), end, (byte) 0);
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
