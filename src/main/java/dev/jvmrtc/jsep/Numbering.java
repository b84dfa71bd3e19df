package dev.jvmrtc.jsep;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sdp.ExtMap;
import dev.jvmrtc.sdp.SdpCodec;
import dev.jvmrtc.sdp.Section;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Payload types and header-extension ids of one connection. What the peer once called something keeps that name in our offers, and within a BUNDLE one
 * number means one thing (RFC 9143 §9.1).
 */
final class Numbering {
    private static final int PAYLOAD_TYPES = 128;
    /** RFC 8285 §4.2: what the one-byte form has. */
    private static final int ONE_BYTE_IDS = 14;

    private final Map<String, Integer> payloadTypes = new HashMap<>();
    /** What each payload type means, or null: bounded, whatever the peer calls its codecs. */
    private final String[] meanings = new String[PAYLOAD_TYPES];
    /** Of extensions that we know; those of others are only kept free. */
    private final Map<String, Integer> extensionIds = new HashMap<>();
    private final BitSet usedExtensionIds = new BitSet();

    private static String key(String kind, SdpCodec c) {
        return kind + "/" + Codecs.key(c);
    }

    /** Learns the numbers of a description that has been applied. */
    void learn(List<Section> sections) {
        for (Section s : sections) {
            assert Steps.count();
            if (!s.rejected()) {
                learnCodecs(s);
                s.extensions().forEach(e -> learnExtension(s.kind(), e));
            }
        }
    }

    private void learnCodecs(Section s) {
        SdpCodec[] byPayloadType = new SdpCodec[PAYLOAD_TYPES];
        for (SdpCodec c : s.codecs()) {
            assert Steps.count();
            byPayloadType[c.payloadType()] = c;
        }
        for (SdpCodec c : s.codecs()) {
            assert Steps.count();
            int apt = c.associatedPayloadType();
            SdpCodec main = apt >= 0 && apt < PAYLOAD_TYPES ? byPayloadType[apt] : null;
            if (!c.isRtx()) {
                adopt(key(s.kind(), c), c.payloadType());
            } else if (main != null) {
                adopt(key(s.kind(), main) + "/rtx", c.payloadType());
            }
        }
    }

    private void learnExtension(String kind, ExtMap e) {
        assert Steps.count();
        if (e.isUsable()) {
            usedExtensionIds.set(e.id());
            if (Codecs.acceptsExtension(kind, e.uri())) {
                extensionIds.putIfAbsent(e.uri(), e.id());
            }
        }
    }

    private void adopt(String key, int pt) {
        if (meanings[pt] == null || meanings[pt].equals(key)) {
            assign(key, pt);
        }
    }

    private void assign(String key, int pt) {
        Integer before = payloadTypes.put(key, pt);
        if (before != null) {
            meanings[before] = null;
        }
        if (meanings[pt] != null) {
            payloadTypes.remove(meanings[pt]);
        }
        meanings[pt] = key;
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
        for (int i = 96; meanings[pt] != null && i <= 127; i++) {
            pt = i;
        }
        for (int i = 35; meanings[pt] != null && i <= 63; i++) {
            pt = i;
        }
        assign(key, pt);
        return pt;
    }

    /** The number of an extension in our offers; null where a peer has left none. */
    ExtMap extension(String uri) {
        Integer id = extensionIds.get(uri);
        if (id == null) {
            id = usedExtensionIds.nextClearBit(1);
            id = id == ONE_BYTE_IDS + 1 ? usedExtensionIds.nextClearBit(id + 1) : id; // 15 means something else in the one-byte form
            if (!new ExtMap(id, null, uri).isUsable()) {
                return null;
            }
            usedExtensionIds.set(id);
            extensionIds.put(uri, id);
        }
        return new ExtMap(id, null, uri);
    }
}
