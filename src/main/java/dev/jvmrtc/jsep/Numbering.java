package dev.jvmrtc.jsep;

import dev.jvmrtc.sdp.ExtMap;
import dev.jvmrtc.sdp.SdpCodec;
import dev.jvmrtc.sdp.Section;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Payload types and header-extension ids of one connection. What the peer once called something keeps that name in our offers, and within a BUNDLE one
 * number means one thing (RFC 9143 §9.1).
 */
final class Numbering {
    private final Map<String, Integer> payloadTypes = new LinkedHashMap<>();
    private final Map<String, Integer> extensionIds = new HashMap<>();

    private static String key(String kind, SdpCodec c) {
        return kind + "/" + c.name().toLowerCase(java.util.Locale.ROOT) + "/" + c.clockRate() + "/" + c.channels()
            + (c.name().equalsIgnoreCase("H264") ? "/" + H264Profile.of(c) + "/" + Codecs.parameter(c, "packetization-mode", "0") : "")
            + (c.name().equalsIgnoreCase("VP9") ? "/" + Codecs.parameter(c, "profile-id", "0") : "");
    }

    /** Learns the numbers of a description that has been applied. */
    void learn(List<Section> sections) {
        for (Section s : sections) {
            if (s.rejected()) {
                continue;
            }
            for (SdpCodec c : s.codecs()) {
                if (!c.isRtx()) {
                    adopt(key(s.kind(), c), c.payloadType());
                } else {
                    for (SdpCodec main : s.codecs()) {
                        if (main.payloadType() == c.associatedPayloadType()) {
                            adopt(key(s.kind(), main) + "/rtx", c.payloadType());
                        }
                    }
                }
            }
            s.extensions().forEach(e -> extensionIds.putIfAbsent(e.uri(), e.id()));
        }
    }

    private void adopt(String key, int pt) {
        if (!payloadTypes.containsValue(pt) || payloadTypes.getOrDefault(key, -1) == pt) {
            payloadTypes.put(key, pt);
        }
    }

    /** Our codecs with the payload types to offer; RTX follows its codec. */
    List<SdpCodec> number(String kind, List<SdpCodec> codecs) {
        List<SdpCodec> numbered = new ArrayList<>();
        Map<Integer, Integer> renamed = new HashMap<>();
        for (SdpCodec c : codecs) {
            if (!c.isRtx()) {
                int pt = allocate(key(kind, c), c.payloadType());
                renamed.put(c.payloadType(), pt);
                numbered.add(c.withPayloadType(pt));
            }
        }
        List<SdpCodec> all = new ArrayList<>();
        for (SdpCodec main : numbered) {
            all.add(main);
            for (SdpCodec rtx : codecs) {
                if (rtx.isRtx() && renamed.getOrDefault(rtx.associatedPayloadType(), -1) == main.payloadType()) {
                    int pt = allocate(key(kind, main) + "/rtx", rtx.payloadType());
                    all.add(rtx.withPayloadType(pt).withParameters(Map.of("apt", Integer.toString(main.payloadType()))));
                }
            }
        }
        return all;
    }

    private int allocate(String key, int preferred) {
        Integer known = payloadTypes.get(key);
        if (known != null) {
            return known;
        }
        int pt = preferred;
        // RFC 5761 §4: 64 … 95 would be taken for RTCP. Dynamic numbers are 96 … 127, then 35 … 63 (RFC 3551 §6 with RFC 5761).
        for (int i = 96; payloadTypes.containsValue(pt) && i <= 127; i++) {
            pt = i;
        }
        for (int i = 35; payloadTypes.containsValue(pt) && i <= 63; i++) {
            pt = i;
        }
        payloadTypes.put(key, pt);
        return pt;
    }

    ExtMap extension(String uri) {
        Integer id = extensionIds.get(uri);
        for (int i = 1; id == null; i++) {
            if (!extensionIds.containsValue(i) && i != 15) {
                id = i;
            }
        }
        extensionIds.put(uri, id);
        return new ExtMap(id, null, uri);
    }
}
