package dev.jvmrtc.sctp.rx;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/**
 * Fragments in runs of consecutive TSNs, so that adding one costs the same however many there are. A run never crosses the border of two messages: it ends
 * with an end fragment and starts with a beginning one. Keys are unwrapped TSNs, or fragment sequence numbers where messages interleave.
 */
final class FragmentRuns {

    private static final class Run {
        final Deque<Fragment> fragments = new ArrayDeque<>();
        long last;
        long bytes;

        boolean isWhole() {
            return fragments.peekFirst().begins() && fragments.peekLast().ends();
        }
    }

    private final TreeMap<Long, Run> byFirst = new TreeMap<>();

    /** Adds a fragment; returns the whole message that it completes, which is gone from here then, or null. */
    Deque<Fragment> add(long key, Fragment f) {
        Map.Entry<Long, Run> before = byFirst.lowerEntry(key);
        Run run = before != null && before.getValue().last == key - 1 && !f.begins() && !before.getValue().fragments.peekLast().ends()
            ? before.getValue() : null;
        long first = run == null ? key : before.getKey();
        if (run == null) {
            run = new Run();
            byFirst.put(key, run);
        }
        run.fragments.addLast(f);
        run.bytes += f.payload().length;
        run.last = key;
        Run after = f.ends() ? null : byFirst.get(key + 1);
        if (after != null && !after.fragments.peekFirst().begins()) {
            byFirst.remove(key + 1);
            run = join(first, run, after);
        }
        if (!run.isWhole()) {
            return null;
        }
        byFirst.remove(first);
        return run.fragments;
    }

    /** Joins two runs by moving the shorter into the longer. */
    private Run join(long first, Run run, Run after) {
        if (run.fragments.size() >= after.fragments.size()) {
            run.fragments.addAll(after.fragments);
            run.last = after.last;
            run.bytes += after.bytes;
            return run;
        }
        while (!run.fragments.isEmpty()) {
            after.fragments.addFirst(run.fragments.pollLast());
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

    /** Removes runs that begin at or before the key, for good; calls back for each fragment. */
    void dropUpTo(long key, java.util.function.Consumer<Fragment> dropped) {
        Map<Long, Run> gone = byFirst.headMap(key, true);
        gone.values().forEach(r -> r.fragments.forEach(dropped));
        gone.clear();
    }

    void forEach(java.util.function.Consumer<Fragment> action) {
        byFirst.values().forEach(r -> r.fragments.forEach(action));
    }
}
