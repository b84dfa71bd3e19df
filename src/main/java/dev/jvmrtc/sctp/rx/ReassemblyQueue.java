package dev.jvmrtc.sctp.rx;

import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.DataHeader;
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
        int nextNumber;
        long nextUnwrapped;
        final TreeMap<Long, OrderedMessage> messages = new TreeMap<>();

        /** @param interleaved whether numbers are message identifiers of 32 bits instead of sequence numbers of 16 */
        long unwrap(int number, boolean interleaved) {
            return nextUnwrapped + (interleaved ? SerialNumbers.distance32(number, nextNumber) : SerialNumbers.distance16(number, nextNumber));
        }

        void advanceTo(long unwrapped) {
            nextNumber += (int) (unwrapped - nextUnwrapped);
            nextUnwrapped = unwrapped;
        }
    }

    private final Map<Integer, OrderedStream> ordered = new HashMap<>();
    /** By message identifier, or all under 0 where there is none. */
    private final Map<Integer, TreeMap<Integer, FragmentRuns>> unordered = new HashMap<>();
    private final ArrayDeque<ReceivedMessage> ready = new ArrayDeque<>();
    private final int maxMessageSize;
    private int highestTsn;
    private long highestUnwrapped;
    private long queuedBytes;
    private int queuedFragments;
    private boolean oversized;

    public ReassemblyQueue(int peerInitialTsn, int maxMessageSize) {
        this.highestTsn = peerInitialTsn;
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
    public void add(DataHeader header, byte[] data, int offset, int length) {
        Fragment f = new Fragment(header, Arrays.copyOfRange(data, offset, offset + length));
        if (f.begins() && f.ends() && header.isUnordered()) {
            ready.add(new ReceivedMessage(header.streamId(), header.payloadProtocolId(), f.payload()));
            return;
        }
        queuedBytes += length;
        queuedFragments++;
        long key = header.interleaved() ? header.fragment() : unwrap(header.tsn());
        if (header.interleaved() && (key < 0 || key > maxMessageSize)) {
            oversized = true;
            forget(f);
        } else if (header.isUnordered()) {
            addUnordered(key, f);
        } else {
            addOrdered(key, f);
        }
    }

    /** TSNs wrap; what is held together is never 2^31 apart. */
    private long unwrap(int tsn) {
        long unwrapped = highestUnwrapped + SerialNumbers.distance32(tsn, highestTsn);
        if (unwrapped > highestUnwrapped) {
            highestUnwrapped = unwrapped;
            highestTsn = tsn;
        }
        return unwrapped;
    }

    private void addUnordered(long key, Fragment f) {
        TreeMap<Integer, FragmentRuns> messages = unordered.computeIfAbsent(f.header().streamId(), id -> new TreeMap<>());
        int number = f.header().interleaved() ? f.header().number() : 0;
        FragmentRuns runs = messages.computeIfAbsent(number, n -> new FragmentRuns());
        if (runs.contains(key)) {
            forget(f); // another fragment under the same number: a peer that does this loses it
            return;
        }
        Deque<Fragment> whole = runs.add(key, f);
        if (whole == null) {
            oversized |= runs.runBytes(key) > maxMessageSize;
            return;
        }
        if (f.header().interleaved()) {
            messages.remove(number);
            runs.forEach(this::forget);
        }
        ready.add(assemble(whole));
    }

    private void addOrdered(long key, Fragment f) {
        OrderedStream s = ordered.computeIfAbsent(f.header().streamId(), id -> new OrderedStream());
        long n = s.unwrap(f.header().number(), f.header().interleaved());
        OrderedMessage m = n < s.nextUnwrapped ? null : s.messages.computeIfAbsent(n, k -> new OrderedMessage());
        if (m == null || m.whole != null || m.runs.contains(key)) {
            forget(f); // an old number, or a second message or fragment under one: a peer that does this loses it
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
        return new ReceivedMessage(first.header().streamId(), first.header().payloadProtocolId(), payload);
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

    /** RFC 3758 §3.6, RFC 8260 §2.3.1: drops what the peer abandoned and delivers what waited for it. */
    public void forward(Chunk.ForwardTsn forward) {
        if (!forward.interleaved()) {
            long limit = unwrap(forward.newCumulativeTsn());
            unordered.values().forEach(messages -> messages.values().forEach(runs -> runs.dropUpTo(limit, this::forget)));
        }
        for (Chunk.Skipped skipped : forward.streams()) {
            if (skipped.unordered()) {
                forwardUnordered(skipped);
            } else {
                forwardOrdered(skipped, forward.interleaved());
            }
        }
    }

    private void forwardUnordered(Chunk.Skipped skipped) {
        Map<Integer, FragmentRuns> messages = unordered.get(skipped.streamId());
        if (messages != null) {
            messages.entrySet().removeIf(e -> {
                boolean gone = !SerialNumbers.before32(skipped.number(), e.getKey());
                if (gone) {
                    e.getValue().forEach(this::forget);
                }
                return gone;
            });
        }
    }

    private void forwardOrdered(Chunk.Skipped skipped, boolean interleaved) {
        OrderedStream s = ordered.computeIfAbsent(skipped.streamId(), id -> new OrderedStream());
        long last = s.unwrap(skipped.number(), interleaved);
        Map<Long, OrderedMessage> gone = s.messages.headMap(last, true);
        for (OrderedMessage m : gone.values()) {
            // What is whole among the skipped ones has arrived and is delivered all the same.
            if (m.whole != null) {
                m.runs.forEach(this::forget);
                ready.add(assemble(m.whole));
            } else {
                forget(m);
            }
        }
        gone.clear();
        if (last >= s.nextUnwrapped) {
            s.advanceTo(last + 1);
        }
        deliver(s);
    }

    /** RFC 6525 §5.2.2: the peer's stream starts again at sequence number 0. */
    public void resetStream(int streamId) {
        OrderedStream s = ordered.remove(streamId);
        if (s != null) {
            s.messages.values().forEach(this::forget);
        }
        Map<Integer, FragmentRuns> u = unordered.remove(streamId);
        if (u != null) {
            u.values().forEach(runs -> runs.forEach(this::forget));
        }
    }

    /** The streams that have state here. */
    public Set<Integer> orderedStreams() {
        return Set.copyOf(ordered.keySet());
    }
}
