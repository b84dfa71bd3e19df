package dev.jvmrtc.jsep;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.core.Steps;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Transceivers without a section, in the order of their creation, to be taken by kind. */
final class Unassociated {
    private final Map<MediaKind, ArrayDeque<JsepTransceiver>> byKind = new EnumMap<>(MediaKind.class);
    private final Set<JsepTransceiver> all = new LinkedHashSet<>();

    Unassociated(List<JsepTransceiver> transceivers, Predicate<JsepTransceiver> which) {
        for (JsepTransceiver t : transceivers) {
            assert Steps.count();
            if (t.mid == null && !t.stopping && !t.stopped && which.test(t)) {
                all.add(t);
                byKind.computeIfAbsent(t.kind, k -> new ArrayDeque<>()).add(t);
            }
        }
    }

    /** The first of a kind, or null. */
    JsepTransceiver take(MediaKind kind) {
        ArrayDeque<JsepTransceiver> ofKind = byKind.get(kind);
        JsepTransceiver t = ofKind == null ? null : ofKind.poll();
        all.remove(t);
        return t;
    }

    Set<JsepTransceiver> rest() {
        return all;
    }
}
