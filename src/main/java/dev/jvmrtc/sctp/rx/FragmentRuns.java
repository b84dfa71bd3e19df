package dev.jvmrtc.sctp.rx;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sctp.packet.DataHeader;
import dev.jvmrtc.wire.LentBytes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Fragments in runs of consecutive TSNs, so that adding one costs the same however many there are. A run never crosses
 * the border of two messages: it ends with an end fragment and starts with a beginning one, and never of two streams.
 * Keys are unwrapped TSNs, or fragment sequence numbers where messages interleave.
 */
final class FragmentRuns {

    private static final class Run {
        final Deque<Segment> segments = new ArrayDeque<>(2);
        long first;
        long last;
        long bytes;

        boolean isWhole() {
            return segments.peekFirst().begins && segments.peekLast().ends();
        }

        /** Whether a fragment belongs to the end of it. */
        boolean goesOnWith(long key, DataHeader header) {
            return last == key - 1
                    && !header.begins()
                    && !segments.peekLast().ends()
                    && segments.peekLast().streamId == header.streamId();
        }

        /** Whether what is in the other is of the same message, if it follows without a gap. */
        boolean goesOnWith(Run other) {
            return !other.segments.peekFirst().begins
                    && other.segments.peekFirst().streamId == segments.peekFirst().streamId;
        }
    }

    private final TreeMap<Long, Run> byFirst = new TreeMap<>();
    /** The last of them, or null: where nearly all fragments go, so that none of those makes work for the map. */
    private Run newest;

    /** Who pays for the memory. */
    interface Holder {
        /** Bytes that a segment is likely to have that begins so. */
        int roomFor(DataHeader first, int length);

        /** So many bytes more are held than before. */
        void holdsMore(long bytes);
    }

    /** Adds a fragment; returns the whole message that it completes, which is gone from here then, or null. */
    Deque<Segment> add(long key, DataHeader header, LentBytes payload, Holder holder) {
        boolean last = isBeyondAll(key);
        Run before = last ? newest : runAt(key);
        Run run = before != null && before.goesOnWith(key, header) ? before : null;
        if (run == null) {
            run = new Run();
            run.first = key;
            Segment first = new Segment(header, holder.roomFor(header, payload.length()));
            holder.holdsMore(first.held());
            run.segments.addLast(first);
            put(run);
        }
        boolean completes = header.ends() && run.segments.peekFirst().begins;
        holder.holdsMore(run.segments.peekLast().append(header, payload, completes));
        run.bytes += payload.length();
        run.last = key;
        Run after = last || header.ends() ? null : byFirst.get(key + 1);
        if (after != null && run.goesOnWith(after)) {
            remove(after);
            run = join(run, after);
        }
        if (!run.isWhole()) {
            return null;
        }
        remove(run);
        return run.segments;
    }

    private boolean isBeyondAll(long key) {
        return newest == null || key > newest.last;
    }

    /** The run that begins at a key, or is the last to begin before it; or null. */
    private Run runAt(long key) {
        if (newest != null && key >= newest.first) {
            return newest;
        }
        Map.Entry<Long, Run> e = byFirst.floorEntry(key);
        return e == null ? null : e.getValue();
    }

    private void put(Run run) {
        byFirst.put(run.first, run);
        if (newest == null || run.first >= newest.first) {
            newest = run;
        }
    }

    private void remove(Run run) {
        byFirst.remove(run.first);
        if (run == newest) {
            findNewest();
        }
    }

    private void findNewest() {
        newest = byFirst.isEmpty() ? null : byFirst.lastEntry().getValue();
    }

    /** Joins two runs, of which the second is gone from here, by moving the shorter into the longer. */
    private Run join(Run run, Run after) {
        if (run.segments.size() >= after.segments.size()) {
            assert Steps.count(after.segments.size());
            run.segments.addAll(after.segments);
            run.last = after.last;
            run.bytes += after.bytes;
            return run;
        }
        while (!run.segments.isEmpty()) {
            assert Steps.count();
            after.segments.addFirst(run.segments.pollLast());
        }
        after.first = run.first;
        after.bytes += run.bytes;
        remove(run);
        put(after);
        return after;
    }

    boolean isEmpty() {
        return newest == null;
    }

    /** Whether there is a fragment under this key. */
    boolean contains(long key) {
        Run run = isBeyondAll(key) ? null : runAt(key);
        return run != null && run.last >= key;
    }

    /** Bytes of the run that a key is in: what a message has grown to so far. */
    long runBytes(long key) {
        Run run = runAt(key);
        return run == null ? 0 : run.bytes;
    }

    /** Removes runs that begin at or before the key, for good; calls back for each segment. */
    void dropUpTo(long key, Consumer<Segment> dropped) {
        Map<Long, Run> gone = byFirst.headMap(key, true);
        gone.values().forEach(r -> r.segments.forEach(dropped));
        gone.clear();
        findNewest();
    }

    /**
     * Removes what can never become whole, where keys are TSNs and all up to one have arrived or been skipped: a run
     * that ends before it, or one right behind it that does not begin a message. Those that skip a message need not
     * skip what comes late of it.
     */
    void dropOrphans(long arrived, Consumer<Segment> dropped) {
        while (!byFirst.isEmpty()) {
            assert Steps.count();
            Run run = byFirst.get(byFirst.firstKey()); // makes no object, as an entry would be
            if (run.last >= arrived && (run.first > arrived + 1 || run.segments.peekFirst().begins)) {
                return;
            }
            run.segments.forEach(dropped);
            remove(run);
        }
    }

    void forEach(Consumer<Segment> action) {
        byFirst.values().forEach(r -> r.segments.forEach(action));
    }
}
