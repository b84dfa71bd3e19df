package dev.jvmrtc.core;

import java.util.Map;
import java.util.TreeMap;

/**
 * Counts of what was dropped or ignored, by reason. The reasons come from the code, never from the peer, so the table
 * is bounded.
 */
public final class Counters {
    /**
     * The reason of what a trust boundary has dropped because it made our own code throw: a bug of ours. See
     * {@link InternalErrors}.
     */
    public static final String INTERNAL_ERROR = "internal error";

    private final Map<String, Long> counts = new TreeMap<>();

    public void count(String reason) {
        count(reason, 1);
    }

    public void count(String reason, long times) {
        counts.merge(reason, times, Long::sum);
    }

    public long get(String reason) {
        return counts.getOrDefault(reason, 0L);
    }

    /** A copy, by name of the reason. */
    public Map<String, Long> snapshot() {
        return new TreeMap<>(counts);
    }
}
