package dev.jvmrtc.sctp.rx;

import dev.jvmrtc.wire.SerialNumbers;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Puts fragments together into messages, and ordered messages into order. Does not know about acknowledgements: what is added here has been accepted.
 */
public final class ReassemblyQueue {

    /** An ordered message: incomplete with its runs, or whole and waiting for its turn. */
    private static final class OrderedMessage {
        final FragmentRuns runs = new FragmentRuns();
        Deque<Fragment> whole;
    }

    /** One stream's ordered messages by number, unwrapped, and the number that is due. */
    private static final class OrderedStream {
        int nextSsn;
        long nextUnwrapped;
        final TreeMap<Long, OrderedMessage> messages = new TreeMap<>();

        long unwrap(int ssn) {
            return nextUnwrapped + SerialNumbers.distance16(ssn, nextSsn);
        }

        void advanceTo(long unwrapped) {
            nextSsn = (int) (nextSsn + unwrapped - nextUnwrapped) & 0xffff;
            nextUnwrapped = unwrapped;
        }
    }

    private final Map<Integer, OrderedStream> ordered = new HashMap<>();
    private final Map<Integer, FragmentRuns> unordered = new HashMap<>();
    private final ArrayDeque<ReceivedMessage> ready = new ArrayDeque<>();
    private final int maxMessageSize;
    private final int baseTsn;
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
        Fragment f = new Fragment(flags, streamId, ssn, ppid, Arrays.copyOfRange(data, offset, offset + length));
        if (f.begins() && f.ends() && f.isUnordered()) {
            ready.add(new ReceivedMessage(streamId, ppid, f.payload()));
            return;
        }
        queuedBytes += length;
        queuedFragments++;
        int key = SerialNumbers.distance32(tsn, baseTsn);
        if (f.isUnordered()) {
            FragmentRuns runs = unordered.computeIfAbsent(streamId, id -> new FragmentRuns());
            Deque<Fragment> whole = runs.add(key, f);
            if (whole != null) {
                ready.add(assemble(whole));
            } else {
                oversized |= runs.runBytes(key) > maxMessageSize;
            }
        } else {
            addOrdered(key, f);
        }
    }

    private void addOrdered(int key, Fragment f) {
        OrderedStream s = ordered.computeIfAbsent(f.streamId(), id -> new OrderedStream());
        long n = s.unwrap(f.ssn());
        OrderedMessage m = n < s.nextUnwrapped ? null : s.messages.computeIfAbsent(n, k -> new OrderedMessage());
        if (m == null || m.whole != null) {
            forget(f); // an old number, or a second message under one: a peer that does this loses it
            return;
        }
        m.whole = m.runs.add(key, f);
        oversized |= m.runs.runBytes(key) > maxMessageSize;
        deliver(s);
    }

    private void deliver(OrderedStream s) {
        while (!s.messages.isEmpty() && s.messages.firstKey() == s.nextUnwrapped && s.messages.firstEntry().getValue().whole != null) {
            OrderedMessage m = s.messages.pollFirstEntry().getValue();
            s.advanceTo(s.nextUnwrapped + 1);
            m.runs.forEach(this::forget);
            ready.add(assemble(m.whole));
        }
    }

    private ReceivedMessage assemble(Deque<Fragment> fragments) {
        Fragment first = fragments.peekFirst();
        byte[] payload = first.payload();
        if (fragments.size() > 1) {
            payload = new byte[fragments.stream().mapToInt(f -> f.payload().length).sum()];
            int at = 0;
            for (Fragment f : fragments) {
                System.arraycopy(f.payload(), 0, payload, at, f.payload().length);
                at += f.payload().length;
            }
        }
        oversized |= payload.length > maxMessageSize;
        fragments.forEach(this::forget);
        return new ReceivedMessage(first.streamId(), first.ppid(), payload);
    }

    private void forget(Fragment f) {
        queuedBytes -= f.payload().length;
        queuedFragments--;
    }

    private void forget(OrderedMessage m) {
        m.runs.forEach(this::forget);
        if (m.whole != null) {
            m.whole.forEach(this::forget);
        }
    }

    /** RFC 3758 §3.6: drops what the peer abandoned and delivers what waited for it. */
    public void forward(int newCumulativeTsn, int[] streams, int[] sequences) {
        int limit = SerialNumbers.distance32(newCumulativeTsn, baseTsn);
        unordered.values().forEach(runs -> runs.dropUpTo(limit, this::forget));
        for (int i = 0; i < streams.length; i++) {
            OrderedStream s = ordered.computeIfAbsent(streams[i], id -> new OrderedStream());
            long skipped = s.unwrap(sequences[i]);
            Map<Long, OrderedMessage> gone = s.messages.headMap(skipped, true);
            for (Map.Entry<Long, OrderedMessage> e : gone.entrySet()) {
                // What is whole among the skipped ones has arrived and is delivered all the same.
                if (e.getValue().whole != null) {
                    e.getValue().runs.forEach(this::forget);
                    ready.add(assemble(e.getValue().whole));
                } else {
                    forget(e.getValue());
                }
            }
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
            s.messages.values().forEach(this::forget);
        }
        FragmentRuns u = unordered.remove(streamId);
        if (u != null) {
            u.forEach(this::forget);
        }
    }

    /** The streams that have state here. */
    public Set<Integer> orderedStreams() {
        return Set.copyOf(ordered.keySet());
    }
}
