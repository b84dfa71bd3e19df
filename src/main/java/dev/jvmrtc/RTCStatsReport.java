package dev.jvmrtc;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Statistics of a connection at one moment, by id (webrtc-pc §8.4.1). Unmodifiable. */
public final class RTCStatsReport extends AbstractMap<String, RTCStats> {
    private final Map<String, RTCStats> stats;

    RTCStatsReport(Map<String, RTCStats> stats) {
        this.stats = Collections.unmodifiableMap(new LinkedHashMap<>(stats));
    }

    @Override
    public Set<Entry<String, RTCStats>> entrySet() {
        return stats.entrySet();
    }

    @Override
    public RTCStats get(Object id) {
        return stats.get(id);
    }

    /**
     * Finds the objects of a type.
     *
     * @param type such as {@code inbound-rtp}
     * @return all of them; empty where there is none
     */
    public List<RTCStats> ofType(String type) {
        return stats.values().stream().filter(s -> s.type().equals(type)).toList();
    }
}
