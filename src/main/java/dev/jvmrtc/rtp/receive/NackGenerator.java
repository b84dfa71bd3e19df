package dev.jvmrtc.rtp.receive;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.Steps;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which missing packets to ask for, when, and when to stop asking. Sequence numbers are extended. */
final class NackGenerator {
    /**
     * Largest gap, in packets, that we ask to be resent: beyond half a second of 1080p video a key frame is cheaper.
     */
    static final int MAX_MISSING = 450;

    static final int MAX_REQUESTS = 10;
    /**
     * So many more may be found missing for each packet that arrives, in the long run: otherwise a peer that leaps
     * makes us list what it never sent.
     */
    static final int MISSING_PER_PACKET = 8;

    private static final long MIN_INTERVAL_NANOS = 20_000_000L;
    private static final long DEFAULT_INTERVAL_NANOS = 100_000_000L;

    private static final class Missing implements Comparable<Missing> {
        final long sequence;
        int requests;
        long nextNanos;

        Missing(long sequence, long nextNanos) {
            this.sequence = sequence;
            this.nextNanos = nextNanos;
        }

        @Override
        public int compareTo(Missing o) {
            int byTime = Long.signum(nextNanos - o.nextNanos);
            return byTime != 0 ? byTime : Long.compare(sequence, o.sequence);
        }
    }

    private final TreeMap<Long, Missing> missing = new TreeMap<>();
    /** The same, those to be asked for first at the front. */
    private final TreeSet<Missing> byTime = new TreeSet<>();

    private long intervalNanos = DEFAULT_INTERVAL_NANOS;
    private int allowance = MAX_MISSING;

    void setRtt(long rttNanos) {
        intervalNanos = Math.max(MIN_INTERVAL_NANOS, rttNanos * 9 / 8);
    }

    /** Packets from … to are missing. False where there are too many to ask for. */
    boolean missing(long from, long to, long now) {
        long count = to - from + 1;
        if (count + missing.size() > MAX_MISSING || count > allowance) {
            missing.clear();
            byTime.clear();
            return false;
        }
        allowance -= (int) count;
        for (long s = from; s <= to; s++) {
            assert Steps.count();
            Missing m = new Missing(s, now);
            missing.put(s, m);
            byTime.add(m);
        }
        return true;
    }

    void arrived(long sequence) {
        allowance = Math.min(MAX_MISSING, allowance + MISSING_PER_PACKET);
        if (!missing.isEmpty()) {
            Missing m = missing.remove(sequence);
            if (m != null) {
                byTime.remove(m);
            }
        }
    }

    /** Packets before this one are not wanted any more. */
    void forgetBefore(long sequence) {
        if (missing.isEmpty() || missing.firstKey() >= sequence) {
            return;
        }
        SortedMap<Long, Missing> past = missing.headMap(sequence);
        for (Missing m : past.values()) {
            assert Steps.count();
            byTime.remove(m);
        }
        past.clear();
    }

    /** The sequence numbers to ask for now. */
    List<Integer> due(long now) {
        if (byTime.isEmpty() || byTime.first().nextNanos - now > 0) {
            return List.of();
        }
        List<Missing> asked = new ArrayList<>();
        while (!byTime.isEmpty() && byTime.first().nextNanos - now <= 0) {
            assert Steps.count();
            Missing m = byTime.pollFirst();
            if (m.requests == MAX_REQUESTS) {
                missing.remove(m.sequence);
            } else {
                asked.add(m);
            }
        }
        asked.sort((a, b) -> Long.compare(a.sequence, b.sequence)); // neighbours share an entry of the packet
        List<Integer> due = new ArrayList<>(asked.size());
        for (Missing m : asked) {
            assert Steps.count();
            m.requests++;
            // Longer each time: where a queue has grown, the answer to the last request is still in it.
            m.nextNanos = now + intervalNanos * m.requests;
            byTime.add(m);
            due.add((int) (m.sequence & 0xffff));
        }
        return due;
    }

    long nextTimeoutNanos() {
        return byTime.isEmpty() ? NEVER : byTime.first().nextNanos;
    }
}
