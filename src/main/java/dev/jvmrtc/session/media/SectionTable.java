package dev.jvmrtc.session.media;

import dev.jvmrtc.rtp.RtpPacket;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is asked of all sections of a transport for a packet, answered once, when they change. */
final class SectionTable {
    /**
     * Different ids of one header extension that are looked for; the sections of a bundle have the same (RFC 9143
     * §7.1.3 with RFC 8285 §5).
     */
    static final int MAX_IDS = 4;

    private final Map<String, MediaSection> byMid = new HashMap<>();
    private final Map<Integer, MediaSection> senders = new HashMap<>();
    private final MediaSection[] byPayloadType = new MediaSection[128];
    /** Where more than one section has a payload type. */
    private final boolean[] ambiguous = new boolean[128];

    private int[] midIds = {};
    private int[] transportCcIds = {};
    private MediaSection firstSender;
    private boolean reducedSize = true;

    SectionTable(List<MediaSection> sections) {
        for (MediaSection s : sections) {
            midIds = with(midIds, s.plan.receiveExtensions().mid());
            transportCcIds = with(transportCcIds, s.plan.receiveExtensions().transportSequence());
            reducedSize &= s.plan.reducedSizeRtcp();
            if (s.sender != null && s.plan.send()) {
                senders.put(s.sender.ssrc(), s);
                firstSender = firstSender == null ? s : firstSender;
            }
            if (s.plan.receive()) {
                byMid.put(s.plan.mid(), s);
                addPayloadTypes(s);
            }
        }
    }

    /** Puts a section where its payload types are. */
    private void addPayloadTypes(MediaSection s) {
        for (int i = 0; i < byPayloadType.length; i++) {
            if (s.sources.receives(i)) {
                ambiguous[i] |= byPayloadType[i] != null;
                byPayloadType[i] = s;
            }
        }
    }

    private static int[] with(int[] ids, int id) {
        if (id <= 0 || ids.length == MAX_IDS || Arrays.stream(ids).anyMatch(x -> x == id)) {
            return ids;
        }
        int[] more = Arrays.copyOf(ids, ids.length + 1);
        more[ids.length] = id;
        return more;
    }

    /** The packet's transport-wide sequence number, or −1. */
    int transportSequence(RtpPacket p) {
        for (int id : transportCcIds) {
            int sequence = p.extensionU16(id);
            if (sequence >= 0) {
                return sequence;
            }
        }
        return -1;
    }

    /** The section that the packet names and that takes its payload type, or null. */
    MediaSection byMid(RtpPacket p) {
        for (int id : midIds) {
            String mid = p.extensionText(id);
            MediaSection s = mid == null ? null : byMid.get(mid);
            if (s != null && s.sources.receives(p.payloadType())) {
                return s;
            }
        }
        return null;
    }

    /** The only section that takes the payload type, or null. */
    MediaSection onlyReceiver(int payloadType) {
        return ambiguous[payloadType] ? null : byPayloadType[payloadType];
    }

    /** The section that sends under an SSRC, or null. */
    MediaSection sender(long ssrc) {
        return senders.get((int) ssrc);
    }

    /** The first section that sends, or null. */
    MediaSection firstSender() {
        return firstSender;
    }

    /** Whether RTCP need not be compound (RFC 5506): all sections agree. */
    boolean reducedSize() {
        return reducedSize;
    }
}
