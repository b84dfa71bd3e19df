package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.Bytes;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which bytes of a handshake message have come, in whatever order and however it is cut up. RFC 6347 §4.2.3: "When a
 * DTLS implementation receives a handshake message fragment, it MUST buffer it until it has the entire handshake
 * message. DTLS implementations MUST be able to handle overlapping fragment ranges." {@link RecordFilter} bounds their
 * number.
 */
final class Pieces {
    /**
     * From the first byte to the one behind the last; none touches another. The end of a message counts as a byte: of
     * an empty one, too, something comes.
     */
    private final TreeMap<Integer, Integer> ranges = new TreeMap<>();

    /** Takes the fragment whose header is at {@code q}. */
    void add(byte[] d, int q) {
        int from = Bytes.u24(d, q + 6);
        int to = end(d, q);
        Map.Entry<Integer, Integer> before = ranges.floorEntry(from);
        if (before != null && before.getValue() >= from) {
            from = before.getKey();
        }
        for (Map.Entry<Integer, Integer> e = ranges.ceilingEntry(from);
                e != null && e.getKey() <= to;
                e = ranges.ceilingEntry(from)) {
            assert Steps.count();
            to = Math.max(to, e.getValue());
            ranges.remove(e.getKey());
        }
        ranges.put(from, to);
    }

    /** Whether all of the fragment whose header is at {@code q} has come before. */
    boolean have(byte[] d, int q) {
        Map.Entry<Integer, Integer> e = ranges.floorEntry(Bytes.u24(d, q + 6));
        return e != null && e.getValue() >= end(d, q);
    }

    /** Whether a message of this length is there from beginning to end. */
    boolean isWhole(int length) {
        Map.Entry<Integer, Integer> e = ranges.firstEntry();
        return e != null && e.getKey() == 0 && e.getValue() > length;
    }

    private static int end(byte[] d, int q) {
        int to = Bytes.u24(d, q + 6) + Bytes.u24(d, q + 9);
        return to == Bytes.u24(d, q + 1) ? to + 1 : to;
    }
}
