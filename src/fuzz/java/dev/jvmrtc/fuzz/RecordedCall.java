package dev.jvmrtc.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What passed in a call of {@link SessionFuzz}'s, in the clear, by kind. */
record RecordedCall(List<byte[]> stun, List<byte[]> sctp, List<byte[]> rtp, List<byte[]> rtcp) {
    private static RecordedCall call;

    RecordedCall() {
        this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    static synchronized RecordedCall get() {
        if (call == null) {
            call = SessionFuzz.record();
        }
        return call;
    }

    /** So many of them, from all parts of the call. */
    static List<byte[]> first(List<byte[]> all, int most) {
        List<byte[]> some = new ArrayList<>();
        int n = Math.min(most, all.size());
        for (int i = 0; i < n; i++) {
            some.add(all.get((int) ((long) i * all.size() / n)));
        }
        return some;
    }

    static Map<String, byte[]> named(String name, List<byte[]> all, int most) {
        Map<String, byte[]> seeds = new TreeMap<>();
        for (byte[] d : first(all, most)) {
            seeds.put(name + seeds.size(), d);
        }
        return seeds;
    }
}
