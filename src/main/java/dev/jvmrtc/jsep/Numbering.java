package dev.jvmrtc.jsep;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sdp.ExtMap;
import dev.jvmrtc.sdp.SdpCodec;
import dev.jvmrtc.sdp.Section;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Payload types and header-extension ids of one connection. What an agreement calls something keeps that name in our
 * offers, whatever offers that came to nothing called it: Chromium does not survive header extensions whose ids change.
 * Within a BUNDLE one number means one thing (RFC 9143 §9.1).
 */
final class Numbering {
    private static final int PAYLOAD_TYPES = 128;
    /** RFC 8285 §4.2: what the one-byte form has. */
    private static final int ONE_BYTE_IDS = 14;

    private final Codecs codecs;
    private final Map<String, Integer> payloadTypes = new HashMap<>();
    /** What each payload type means, or null: bounded, whatever the peer calls its codecs. */
    private final String[] meanings = new String[PAYLOAD_TYPES];
    /** Of extensions that we know. */
    private final Map<String, Integer> extensionIds = new HashMap<>();
    /** Those of others, too, which are only kept free. */
    private final BitSet usedExtensionIds = new BitSet();

    Numbering(Codecs codecs) {
        this.codecs = codecs;
    }

    private String key(MediaKind kind, SdpCodec c) {
        return kind + "/" + codecs.key(c);
    }

    /**
     * Learns the numbers of an agreement: those in the description of the peer, of the sections that both sides have.
     * The first to use a number has it.
     */
    void learn(List<Section> remote, List<Section> local) {
        Agreed agreed = new Agreed();
        for (int i = 0; i < Math.min(remote.size(), local.size()); i++) {
            assert Steps.count();
            Section s = remote.get(i);
            if (!s.rejected() && !local.get(i).rejected()) {
                learnCodecs(s, agreed);
                s.extensions().forEach(e -> learnExtension(s.mediaKind(), e, agreed));
            }
        }
    }

    /** What one agreement has named so far. */
    private static final class Agreed {
        final BitSet payloadTypes = new BitSet();
        final Set<String> codecs = new HashSet<>();
        final BitSet extensionIds = new BitSet();
        final Set<String> extensions = new HashSet<>();
    }

    private void learnCodecs(Section s, Agreed agreed) {
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
                adopt(key(s.mediaKind(), c), c.payloadType(), agreed);
            } else if (main != null) {
                adopt(key(s.mediaKind(), main) + "/rtx", c.payloadType(), agreed);
            }
        }
    }

    private void learnExtension(MediaKind kind, ExtMap e, Agreed agreed) {
        assert Steps.count();
        if (!e.isUsable() || agreed.extensionIds.get(e.id()) || !agreed.extensions.add(e.uri())) {
            return;
        }
        agreed.extensionIds.set(e.id());
        if (usedExtensionIds.get(e.id())) {
            extensionIds.values().remove(e.id()); // so we had called something else
        }
        usedExtensionIds.set(e.id());
        if (OfferedExtensions.accepts(kind, e.uri())) {
            extensionIds.put(e.uri(), e.id());
        }
    }

    private void adopt(String key, int pt, Agreed agreed) {
        if (!agreed.payloadTypes.get(pt) && agreed.codecs.add(key)) {
            agreed.payloadTypes.set(pt);
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
    List<SdpCodec> number(MediaKind kind, List<SdpCodec> offered) {
        List<SdpCodec> numbered = new ArrayList<>();
        Map<Integer, Integer> renamed = new HashMap<>();
        for (SdpCodec c : offered) {
            if (!c.isRtx()) {
                int pt = allocate(key(kind, c), c.payloadType());
                renamed.put(c.payloadType(), pt);
                numbered.add(c.withPayloadType(pt));
            }
        }
        List<SdpCodec> all = new ArrayList<>();
        for (SdpCodec main : numbered) {
            all.add(main);
            for (SdpCodec rtx : offered) {
                if (rtx.isRtx() && renamed.getOrDefault(rtx.associatedPayloadType(), -1) == main.payloadType()) {
                    int pt = allocate(key(kind, main) + "/rtx", rtx.payloadType());
                    all.add(rtx.withPayloadType(pt)
                            .withParameters(Map.of("apt", Integer.toString(main.payloadType()))));
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
        // RFC 5761 §4: 64 … 95 would be taken for RTCP. Dynamic numbers are 96 … 127, then 35 … 63 (RFC 3551 §6 with
        // RFC 5761).
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
            id = id == ONE_BYTE_IDS + 1
                    ? usedExtensionIds.nextClearBit(id + 1)
                    : id; // 15 means something else in the one-byte form
            if (!new ExtMap(id, null, uri).isUsable()) {
                return null;
            }
            usedExtensionIds.set(id);
            extensionIds.put(uri, id);
        }
        return new ExtMap(id, null, uri);
    }
}
