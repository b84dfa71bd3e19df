package dev.jvmrtc.rtp.stream;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which missing packets to ask for, when, and when to stop asking. Sequence numbers are extended. */
final class NackGenerator {
    /** Largest gap, in packets, that we ask to be resent: beyond half a second of 1080p video a key frame is cheaper. */
    static final int MAX_MISSING = 450;
    static final int MAX_REQUESTS = 10;
    private static final long MIN_INTERVAL_NANOS = 20_000_000L;
    private static final long DEFAULT_INTERVAL_NANOS = 100_000_000L;

    private static final class Missing {
        int requests;
        long nextNanos;
    }

    private final TreeMap<Long, Missing> missing = new TreeMap<>();
    private long intervalNanos = DEFAULT_INTERVAL_NANOS;

    void setRtt(long rttNanos) {
        intervalNanos = Math.max(MIN_INTERVAL_NANOS, rttNanos * 9 / 8);
    }

    /** Packets from … to are missing. False where there are too many to ask for. */
    boolean missing(long from, long to, long now) {
        if (to - from + 1 + missing.size() > MAX_MISSING) {
            missing.clear();
            return false;
        }
        for (long s = from; s <= to; s++) {
            Missing m = new Missing();
            m.nextNanos = now;
            missing.put(s, m);
        }
        return true;
    }

    void arrived(long sequence) {
        missing.remove(sequence);
    }

    /** Packets before this one are not wanted any more. */
    void forgetBefore(long sequence) {
        missing.headMap(sequence).clear();
    }

    /** The sequence numbers to ask for now. */
    List<Integer> due(long now) {
        List<Integer> due = new ArrayList<>();
        for (Iterator<Map.Entry<Long, Missing>> it = missing.entrySet().iterator(); it.hasNext(); ) {
            Map.Entry<Long, Missing> e = it.next();
            Missing m = e.getValue();
            if (m.nextNanos - now > 0) {
                continue;
            }
            if (m.requests == MAX_REQUESTS) {
                it.remove();
                continue;
            }
            m.requests++;
            // Longer each time: where a queue has grown, the answer to the last request is still in it.
            m.nextNanos = now + intervalNanos * m.requests;
            due.add((int) (e.getKey() & 0xffff));
        }
        return due;
    }

    long nextTimeoutNanos() {
        long next = NEVER;
        for (Missing m : missing.values()) {
            next = dev.jvmrtc.core.ProtocolCore.soonest(next, m.nextNanos);
        }
        return next;
    }

    boolean isMissing(long sequence) {
        return missing.containsKey(sequence);
    }
}
