package dev.jvmrtc.jsep;

import java.util.HashMap;
import java.util.Map;

/**
 * Which transceiver stands for which media section (RFC 9429 §4.2), found by mid and by index without a walk over all
 * of them. The only writer of both.
 */
final class Associations {
    private final Map<String, JsepTransceiver> byMid = new HashMap<>();
    private final Map<Integer, JsepTransceiver> byIndex = new HashMap<>();

    /** The transceiver of a mid, or null. */
    JsepTransceiver of(String mid) {
        return byMid.get(mid);
    }

    /** The transceiver of a media section, or null. */
    JsepTransceiver at(int index) {
        return byIndex.get(index);
    }

    /** Associates a transceiver; with nulls, with no section. */
    void set(JsepTransceiver t, String mid, Integer index) {
        byMid.remove(t.mid, t);
        byIndex.remove(t.mLineIndex, t);
        t.mid = mid;
        t.mLineIndex = index;
        if (mid != null) {
            byMid.put(mid, t);
        }
        if (index != null) {
            byIndex.put(index, t);
        }
    }
}
