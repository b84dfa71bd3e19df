package dev.jvmrtc.sctp.rx;

import dev.jvmrtc.sctp.packet.DataHeader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Fragments in runs of consecutive TSNs, so that adding one costs the same however many there are. A run never crosses the border of two messages: it ends
 * with an end fragment and starts with a beginning one. Keys are unwrapped TSNs, or fragment sequence numbers where messages interleave.
 */
final class FragmentRuns {

    private static final class Run {
        final Deque<Segment> segments = new ArrayDeque<>(2);
        long last;
        long bytes;

        boolean isWhole() {
            return segments.peekFirst().begins && segments.peekLast().ends();
        }
    }

    private final TreeMap<Long, Run> byFirst = new TreeMap<>();

    /** Where a segment's bytes may go. */
    @FunctionalInterface
    interface Room {
        byte[] forFirst(DataHeader header, int length);
    }

    /** Adds a copy of a fragment; returns the whole message that it completes, which is gone from here then, or null. */
    Deque<Segment> add(long key, DataHeader header, byte[] data, int offset, int length, Room room) {
        Map.Entry<Long, Run> before = byFirst.lowerEntry(key);
        Run run = before != null && before.getValue().last == key - 1 && !header.begins() && !before.getValue().segments.peekLast().ends()
            ? before.getValue() : null;
        long first = run == null ? key : before.getKey();
        if (run == null) {
            run = new Run();
            run.segments.addLast(new Segment(header, room.forFirst(header, length)));
            byFirst.put(key, run);
        }
        run.segments.peekLast().append(header, data, offset, length);
        run.bytes += length;
        run.last = key;
        Run after = header.ends() ? null : byFirst.get(key + 1);
        if (after != null && !after.segments.peekFirst().begins) {
            byFirst.remove(key + 1);
            run = join(first, run, after);
        }
        if (!run.isWhole()) {
            return null;
        }
        byFirst.remove(first);
        return run.segments;
    }

    /** Joins two runs by moving the shorter into the longer. */
    private Run join(long first, Run run, Run after) {
        if (run.segments.size() >= after.segments.size()) {
            run.segments.addAll(after.segments);
            run.last = after.last;
            run.bytes += after.bytes;
            return run;
        }
        while (!run.segments.isEmpty()) {
            after.segments.addFirst(run.segments.pollLast());
        }
        after.bytes += run.bytes;
        byFirst.put(first, after);
        return after;
    }

    /** Whether there is a fragment under this key. */
    boolean contains(long key) {
        Map.Entry<Long, Run> e = byFirst.floorEntry(key);
        return e != null && e.getValue().last >= key;
    }

    /** Bytes of the run that a key is in: what a message has grown to so far. */
    long runBytes(long key) {
        Map.Entry<Long, Run> e = byFirst.floorEntry(key);
        return e == null ? 0 : e.getValue().bytes;
    }

    /** Removes runs that begin at or before the key, for good; calls back for each segment. */
    void dropUpTo(long key, Consumer<Segment> dropped) {
        Map<Long, Run> gone = byFirst.headMap(key, true);
        gone.values().forEach(r -> r.segments.forEach(dropped));
        gone.clear();
    }

    void forEach(Consumer<Segment> action) {
        byFirst.values().forEach(r -> r.segments.forEach(action));
    }
}
