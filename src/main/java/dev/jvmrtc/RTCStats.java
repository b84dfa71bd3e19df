package dev.jvmrtc;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * One object of a statistics report (webrtc-pc §8.4.2, webrtc-stats). Its members are found under their W3C names; a
 * member that is not known is absent. Whole numbers are {@code Long}, fractions {@code Double}, times milliseconds
 * since 1970, durations seconds, enums their W3C words.
 */
public final class RTCStats {
    private final String id;
    private final String type;
    private final double timestamp;
    private final Map<String, Object> members;

    RTCStats(String id, String type, double timestamp, Map<String, Object> members) {
        this.id = id;
        this.type = type;
        this.timestamp = timestamp;
        this.members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    /** {@return its key in the report} The same object has the same in each report. */
    public String id() {
        return id;
    }

    /** {@return the RTCStatsType: {@code inbound-rtp}, {@code candidate-pair} …} */
    public String type() {
        return type;
    }

    /** {@return when it was so, in milliseconds since 1970} */
    public double timestamp() {
        return timestamp;
    }

    /** {@return all members but id, type and timestamp} */
    public Map<String, Object> members() {
        return members;
    }

    /**
     * One of its members.
     *
     * @param member its W3C name, such as {@code packetsReceived}
     * @return a Long, Double, Boolean, String or collection; null where it is not known
     */
    public Object get(String member) {
        return members.get(member);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof RTCStats s && s.id.equals(id) && s.type.equals(type) && s.members.equals(members);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, type, members);
    }

    @Override
    public String toString() {
        return type + " " + id + " " + members;
    }
}
