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
        final long number;
        final FragmentRuns runs = new FragmentRuns();
        Deque<Segment> whole;

        OrderedMessage(long number) {
            this.number = number;
        }
    }

    /** One stream's ordered messages by number, unwrapped, and the number that is due. */
    private static final class OrderedStream {
        final int id;
        int nextNumber;
        long nextUnwrapped;
        final TreeMap<Long, OrderedMessage> messages = new TreeMap<>();
        /** The one of the latest fragment, or null: it mostly is that of the next too, and looking in the map makes a key. */
        OrderedMessage latest;

        OrderedStream(int id) {
            this.id = id;
        }

        OrderedMessage message(long number) {
            if (latest == null || latest.number != number) {
                latest = messages.computeIfAbsent(number, OrderedMessage::new);
            }
            return latest;
        }

        /** The one that is due, if it is whole; it is gone from here then. */
        OrderedMessage pollDue() {
            if (messages.isEmpty() || messages.firstKey() != nextUnwrapped || messages.firstEntry().getValue().whole == null) {
                return null;
            }
            latest = null;
            return messages.pollFirstEntry().getValue();
        }

        /** @param interleaved whether numbers are message identifiers of 32 bits instead of sequence numbers of 16 */
        long unwrap(int number, boolean interleaved) {
            return nextUnwrapped + (interleaved ? SerialNumbers.distance32(number, nextNumber) : SerialNumbers.distance16(number, nextNumber));
        }

        void advanceTo(long unwrapped) {
            nextNumber += (int) (unwrapped - nextUnwrapped);
            nextUnwrapped = unwrapped;
        }
    }

    /** Of the last message of several fragments: the next is often as long, and the array for it is then the right one. */
    private int lastLength;
    private final Map<Integer, OrderedStream> ordered = new HashMap<>();
    /** That of the latest fragment, or null. */
    private OrderedStream latestOrdered;
    /** By message identifier, or all under 0 where there is none. */
    private final Map<Integer, TreeMap<Integer, FragmentRuns>> unordered = new HashMap<>();
    /** The message of the latest fragment, or null. */
    private FragmentRuns latestUnordered;
    private int latestUnorderedStream;
    private int latestUnorderedNumber;
    private final FragmentRuns.Room room = this::room;
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
        boolean whole = header.begins() && header.ends();
        if (whole && header.isUnordered()) {
            readyAlone(header, data, offset, length);
            return;
        }
        long key = header.interleaved() ? header.fragment() : unwrap(header.tsn());
        if (header.interleaved() && (key < 0 || key > maxMessageSize)) {
            oversized = true;
        } else if (header.isUnordered()) {
            addUnordered(key, header, data, offset, length);
        } else {
            addOrdered(key, header, data, offset, length, whole);
        }
    }

    /** A message of one fragment, whose turn it is. */
    private void readyAlone(DataHeader header, byte[] data, int offset, int length) {
        oversized |= length > maxMessageSize;
        ready.add(new ReceivedMessage(header.streamId(), header.payloadProtocolId(), Arrays.copyOfRange(data, offset, offset + length)));
    }

    private void held(int length) {
        queuedBytes += length;
        queuedFragments++;
    }

    /** Room for a segment that begins so. Only for one message at a time is there more than it needs by far. */
    private byte[] room(DataHeader header, int length) {
        if (!header.begins() || header.ends()) {
            return new byte[length];
        }
        return new byte[queuedFragments == 1 && lastLength > length ? lastLength : 2 * length];
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

    private void addUnordered(long key, DataHeader header, byte[] data, int offset, int length) {
        FragmentRuns runs = unorderedRuns(header.streamId(), header.interleaved() ? header.number() : 0);
        if (runs.contains(key)) {
            return; // another fragment under the same number: a peer that does this loses it
        }
        held(length);
        Deque<Segment> whole = runs.add(key, header, data, offset, length, room);
        if (whole == null) {
            oversized |= runs.runBytes(key) > maxMessageSize;
            return;
        }
        if (header.interleaved()) {
            latestUnordered = null;
            unordered.get(header.streamId()).remove(header.number());
            runs.forEach(this::forget);
        }
        ready.add(assemble(whole));
    }

    private FragmentRuns unorderedRuns(int streamId, int number) {
        if (latestUnordered == null || latestUnorderedStream != streamId || latestUnorderedNumber != number) {
            latestUnordered = unordered.computeIfAbsent(streamId, id -> new TreeMap<>()).computeIfAbsent(number, n -> new FragmentRuns());
            latestUnorderedStream = streamId;
            latestUnorderedNumber = number;
        }
        return latestUnordered;
    }

    private OrderedStream orderedStream(int id) {
        if (latestOrdered == null || latestOrdered.id != id) {
            latestOrdered = ordered.computeIfAbsent(id, OrderedStream::new);
        }
        return latestOrdered;
    }

    private void addOrdered(long key, DataHeader header, byte[] data, int offset, int length, boolean whole) {
        OrderedStream s = orderedStream(header.streamId());
        long n = s.unwrap(header.number(), header.interleaved());
        if (whole && n == s.nextUnwrapped && (s.messages.isEmpty() || s.messages.firstKey() != n)) {
            s.advanceTo(n + 1);
            readyAlone(header, data, offset, length);
            deliver(s);
            return;
        }
        OrderedMessage m = n < s.nextUnwrapped ? null : s.message(n);
        if (m == null || m.whole != null || m.runs.contains(key)) {
            return; // an old number, or a second message or fragment under one: a peer that does this loses it
        }
        held(length);
        m.whole = m.runs.add(key, header, data, offset, length, room);
        if (m.whole == null) {
            oversized |= m.runs.runBytes(key) > maxMessageSize;
        } else if (n == s.nextUnwrapped) {
            deliver(s);
        }
    }

    private void deliver(OrderedStream s) {
        for (OrderedMessage m = s.pollDue(); m != null; m = s.pollDue()) {
            s.advanceTo(s.nextUnwrapped + 1);
            m.runs.forEach(this::forget);
            ready.add(assemble(m.whole));
        }
    }

    private ReceivedMessage assemble(Deque<Segment> segments) {
        Segment first = segments.peekFirst();
        int length = 0;
        for (Segment g : segments) {
            length += g.length();
        }
        byte[] payload = first.bytes();
        if (segments.size() > 1 || payload.length != length) {
            payload = new byte[length];
            int at = 0;
            for (Segment g : segments) {
                System.arraycopy(g.bytes(), 0, payload, at, g.length());
                at += g.length();
            }
        }
        lastLength = length;
        oversized |= length > maxMessageSize;
        segments.forEach(this::forget);
        return new ReceivedMessage(first.streamId, first.payloadProtocolId, payload);
    }

    private void forget(Segment g) {
        queuedBytes -= g.length();
        queuedFragments -= g.fragments();
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
            latestUnordered = null;
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
        OrderedStream s = orderedStream(skipped.streamId());
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
        s.latest = null;
        if (last >= s.nextUnwrapped) {
            s.advanceTo(last + 1);
        }
        deliver(s);
    }

    /** RFC 6525 §5.2.2: the peer's stream starts again at sequence number 0. */
    public void resetStream(int streamId) {
        latestOrdered = null;
        latestUnordered = null;
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
