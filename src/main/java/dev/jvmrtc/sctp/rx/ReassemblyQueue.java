package dev.jvmrtc.sctp.rx;

import dev.jvmrtc.sctp.packet.DataHeader;
import dev.jvmrtc.wire.SerialNumbers;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Puts fragments together into messages, and ordered messages into order. Does not know about acknowledgements: what is added here has been accepted.
 */
public final class ReassemblyQueue {

    /** A fragment: the copied payload with what its header said. */
    private record Fragment(int tsn, int flags, int streamId, int ssn, int ppid, byte[] payload) {
        boolean begins() {
            return (flags & DataHeader.FLAG_BEGIN) != 0;
        }

        boolean ends() {
            return (flags & DataHeader.FLAG_END) != 0;
        }
    }

    /** One stream's ordered messages: fragments by message number, and the number that is due. */
    private static final class OrderedStream {
        int nextSsn;
        /** Keys are SSNs unwrapped relative to nextSsn at insertion. */
        final TreeMap<Long, TreeMap<Integer, Fragment>> messages = new TreeMap<>();
        long nextUnwrapped;

        long unwrap(int ssn) {
            return nextUnwrapped + SerialNumbers.distance16(ssn, nextSsn);
        }

        void advanceTo(long unwrapped) {
            nextSsn = (int) (nextSsn + unwrapped - nextUnwrapped) & 0xffff;
            nextUnwrapped = unwrapped;
        }
    }

    private final Map<Integer, OrderedStream> ordered = new HashMap<>();
    /** Unordered fragments of all streams by TSN, which for a message are consecutive. */
    private final Map<Integer, TreeMap<Integer, Fragment>> unordered = new HashMap<>();
    private final ArrayDeque<ReceivedMessage> ready = new ArrayDeque<>();
    private final int maxMessageSize;
    private int baseTsn;
    private long queuedBytes;
    private int queuedFragments;
    private boolean oversized;

    public ReassemblyQueue(int peerInitialTsn, int maxMessageSize) {
        this.baseTsn = peerInitialTsn;
        this.maxMessageSize = maxMessageSize;
    }

    /** Payload bytes held in incomplete or waiting messages. */
    public long queuedBytes() {
        return queuedBytes;
    }

    public int queuedFragments() {
        return queuedFragments;
    }

    /** Whether a message grew beyond what we announced in a=max-message-size. */
    public boolean isOversized() {
        return oversized;
    }

    public ReceivedMessage poll() {
        return ready.poll();
    }

    /** Takes a fragment; the payload is copied. */
    public void add(int tsn, int flags, int streamId, int ssn, int ppid, byte[] data, int offset, int length) {
        byte[] payload = Arrays.copyOfRange(data, offset, offset + length);
        Fragment f = new Fragment(tsn, flags, streamId, ssn, ppid, payload);
        boolean isUnordered = (flags & DataHeader.FLAG_UNORDERED) != 0;
        if (f.begins() && f.ends() && isUnordered) {
            ready.add(new ReceivedMessage(streamId, ppid, payload));
            return;
        }
        queuedBytes += length;
        queuedFragments++;
        if (isUnordered) {
            addUnordered(f);
        } else {
            addOrdered(f);
        }
    }

    private void addOrdered(Fragment f) {
        OrderedStream s = ordered.computeIfAbsent(f.streamId, id -> new OrderedStream());
        long n = s.unwrap(f.ssn);
        if (n < s.nextUnwrapped) {
            forget(f);
            return;
        }
        TreeMap<Integer, Fragment> fragments = s.messages.computeIfAbsent(n, k -> new TreeMap<>());
        fragments.put(SerialNumbers.distance32(f.tsn, baseTsn), f);
        checkSize(fragments);
        deliver(s);
    }

    private void deliver(OrderedStream s) {
        while (!s.messages.isEmpty() && s.messages.firstKey() == s.nextUnwrapped) {
            TreeMap<Integer, Fragment> fragments = s.messages.firstEntry().getValue();
            boolean whole = fragments.firstEntry().getValue().begins() && fragments.lastEntry().getValue().ends()
                && fragments.lastKey() - fragments.firstKey() == fragments.size() - 1;
            if (!whole) {
                return;
            }
            s.messages.pollFirstEntry();
            s.advanceTo(s.nextUnwrapped + 1);
            ready.add(assemble(fragments.values()));
        }
    }

    private void addUnordered(Fragment f) {
        TreeMap<Integer, Fragment> fragments = unordered.computeIfAbsent(f.streamId, id -> new TreeMap<>());
        int key = SerialNumbers.distance32(f.tsn, baseTsn);
        fragments.put(key, f);
        int first = key;
        while (!fragments.get(first).begins()) {
            if (!fragments.containsKey(first - 1)) {
                return;
            }
            first--;
        }
        int last = key;
        long size = 0;
        while (!fragments.get(last).ends()) {
            if (!fragments.containsKey(last + 1)) {
                return;
            }
            last++;
        }
        var message = new TreeMap<>(fragments.subMap(first, true, last, true));
        message.keySet().forEach(fragments::remove);
        for (Fragment m : message.values()) {
            size += m.payload.length;
        }
        oversized |= size > maxMessageSize;
        ready.add(assemble(message.values()));
    }

    private void checkSize(TreeMap<Integer, Fragment> fragments) {
        if (fragments.size() * 64L > maxMessageSize) {
            long size = 0;
            for (Fragment f : fragments.values()) {
                size += f.payload.length;
            }
            oversized |= size > maxMessageSize;
        }
    }

    private ReceivedMessage assemble(java.util.Collection<Fragment> fragments) {
        int size = 0;
        Fragment any = null;
        for (Fragment f : fragments) {
            size += f.payload.length;
            any = f;
        }
        byte[] payload = any.payload;
        if (fragments.size() > 1) {
            payload = new byte[size];
            int at = 0;
            for (Fragment f : fragments) {
                System.arraycopy(f.payload, 0, payload, at, f.payload.length);
                at += f.payload.length;
            }
        }
        fragments.forEach(this::forget);
        return new ReceivedMessage(any.streamId, any.ppid, payload);
    }

    private void forget(Fragment f) {
        queuedBytes -= f.payload.length;
        queuedFragments--;
    }

    /** RFC 3758 §3.6: drops what the peer abandoned and delivers what waited for it. */
    public void forward(int newCumulativeTsn, int[] streams, int[] sequences) {
        int limit = SerialNumbers.distance32(newCumulativeTsn, baseTsn);
        for (TreeMap<Integer, Fragment> fragments : unordered.values()) {
            Map<Integer, Fragment> gone = fragments.headMap(limit, true);
            gone.values().forEach(this::forget);
            gone.clear();
        }
        for (int i = 0; i < streams.length; i++) {
            OrderedStream s = ordered.computeIfAbsent(streams[i], id -> new OrderedStream());
            long skipped = s.unwrap(sequences[i]);
            Map<Long, TreeMap<Integer, Fragment>> gone = s.messages.headMap(skipped, true);
            gone.values().forEach(m -> m.values().forEach(this::forget));
            gone.clear();
            if (skipped >= s.nextUnwrapped) {
                s.advanceTo(skipped + 1);
            }
            deliver(s);
        }
    }

    /** RFC 6525 §5.2.2: the peer's stream starts again at sequence number 0. */
    public void resetStream(int streamId) {
        OrderedStream s = ordered.remove(streamId);
        if (s != null) {
            s.messages.values().forEach(m -> m.values().forEach(this::forget));
        }
        TreeMap<Integer, Fragment> u = unordered.remove(streamId);
        if (u != null) {
            u.values().forEach(this::forget);
        }
    }

    /** The streams that have state here. */
    public java.util.Set<Integer> orderedStreams() {
        return java.util.Set.copyOf(ordered.keySet());
    }
}
