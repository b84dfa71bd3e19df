package dev.jvmrtc.jsep;

import dev.jvmrtc.core.Steps;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which transport serves which media section, by bundlePolicy before the peer has answered and by the BUNDLE groups
 * afterwards (RFC 9143).
 */
final class TransportTable {
    private final BundlePolicy bundlePolicy;
    private final Map<String, Integer> byMid = new LinkedHashMap<>();
    private final Map<Integer, String> kinds = new HashMap<>();
    private final Map<Integer, Boolean> dtlsClient = new HashMap<>();
    /** The section whose lines a transport goes by, of those that use it: the tagged one of a BUNDLE group. */
    private final Map<Integer, String> tags = new HashMap<>();

    private int nextId = 1;
    private boolean bundled;

    TransportTable(BundlePolicy bundlePolicy) {
        this.bundlePolicy = bundlePolicy;
    }

    TransportTable copy() {
        TransportTable t = new TransportTable(bundlePolicy);
        t.restore(this);
        return t;
    }

    void restore(TransportTable other) {
        byMid.clear();
        byMid.putAll(other.byMid);
        kinds.clear();
        kinds.putAll(other.kinds);
        dtlsClient.clear();
        dtlsClient.putAll(other.dtlsClient);
        tags.clear();
        tags.putAll(other.tags);
        // Ids are never given out twice: the layers below know transports by them.
        nextId = Math.max(nextId, other.nextId);
        bundled = other.bundled;
    }

    Integer of(String mid) {
        return byMid.get(mid);
    }

    /** The mid of the section whose lines a transport goes by; null for one that there is not. */
    String tagOf(int id) {
        return tags.get(id);
    }

    Boolean dtlsClient(int id) {
        return dtlsClient.get(id);
    }

    /** With null, it is to be settled again. */
    void setDtlsClient(int id, Boolean client) {
        dtlsClient.put(id, client);
    }

    /** Gives a section of our offer a transport; returns whether one of its own that did not exist before. */
    boolean assignForOffer(String mid, String kind, String tagMid) {
        if (byMid.containsKey(mid)) {
            retag(mid, tagMid);
            return false;
        }
        Integer shared = null;
        // webrtc-pc §4.4.1.2, RTCBundlePolicy: max-bundle one for all, balanced one for each media type, max-compat one
        // for each section. Once the peer has
        // accepted BUNDLE, new sections join it.
        if (bundled || bundlePolicy == BundlePolicy.MAX_BUNDLE) {
            shared = byMid.get(tagMid);
        } else if (bundlePolicy == BundlePolicy.BALANCED) {
            for (Map.Entry<Integer, String> e : kinds.entrySet()) {
                shared = e.getValue().equals(kind) ? e.getKey() : shared;
            }
        }
        if (shared != null) {
            byMid.put(mid, shared);
            retag(mid, tagMid);
            return false;
        }
        create(mid, kind);
        return true;
    }

    /** The offerer picks the tagged section anew with each offer (RFC 9143 §7.5). */
    private void retag(String mid, String tagMid) {
        Integer id = byMid.get(mid);
        if (!tagMid.equals(mid) && id.equals(byMid.get(tagMid))) {
            tags.put(id, tagMid);
        }
    }

    private void create(String mid, String kind) {
        int id = nextId++;
        byMid.put(mid, id);
        kinds.put(id, kind);
        tags.put(id, mid);
    }

    void assignForRemoteOffer(String mid, String tagMid) {
        if (!byMid.containsKey(mid)) {
            if (!byMid.containsKey(tagMid)) {
                create(tagMid, "remote"); // which may stand below
            }
            byMid.putIfAbsent(mid, byMid.get(tagMid));
        }
        retag(mid, tagMid);
    }

    Set<Integer> ids() {
        return Set.copyOf(byMid.values());
    }

    /** How many transports there are. */
    int count() {
        return kinds.size();
    }

    /** Joins the sections of each group on the transport of its first one, and forgets sections that are not in use. */
    void bundle(List<List<String>> groups, Set<String> liveMids) {
        byMid.keySet().retainAll(liveMids);
        bundled = false;
        tags.values().retainAll(byMid.keySet());
        for (List<String> group : groups) {
            Integer id = null;
            for (String mid : group) {
                assert Steps.count();
                Integer own = byMid.get(mid);
                if (own != null && id == null) {
                    id = own;
                    tags.put(id, mid);
                }
                if (own != null) {
                    byMid.put(mid, id);
                }
            }
            bundled |= id != null;
        }
        byMid.forEach((mid, id) -> tags.putIfAbsent(id, mid));
        Set<Integer> used = ids();
        tags.keySet().retainAll(used);
        kinds.keySet().retainAll(used);
        dtlsClient.keySet().retainAll(used);
    }
}
