package dev.jvmrtc.sctp.rx;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.DataHeader;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.SerialNumbers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Puts fragments together into messages, and ordered messages into order. Does not know about acknowledgements: what is
 * added here has been accepted. Keeps objects for streams only while something of them waits here; of the others, the
 * number that is due. What one packet costs is what it brings or lets go of, each once.
 */
public final class ReassemblyQueue {
    /**
     * By so many numbers at the most a part of a message is late. Numbers wrap, and those of far later messages are not
     * those of earlier ones.
     */
    private static final int LATE = 65_536;

    /** Room is made ahead for messages as long as this at the most. */
    private static final int MOST_ROOM = 4_096;

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
        /**
         * The one of the latest fragment, or null: it mostly is that of the next too, and looking in the map makes a
         * key.
         */
        OrderedMessage latest;

        OrderedStream(int id, int nextNumber) {
            this.id = id;
            this.nextNumber = nextNumber;
        }

        OrderedMessage message(long number) {
            if (latest == null || latest.number != number) {
                latest = messages.computeIfAbsent(number, OrderedMessage::new);
            }
            return latest;
        }

        /** The one that is due, if it is whole; it is gone from here then. */
        OrderedMessage pollDue() {
            if (messages.isEmpty()
                    || messages.firstKey() != nextUnwrapped
                    || messages.firstEntry().getValue().whole == null) {
                return null;
            }
            latest = null;
            return messages.pollFirstEntry().getValue();
        }

        /** @param interleaved whether numbers are message identifiers of 32 bits instead of sequence numbers of 16 */
        long unwrap(int number, boolean interleaved) {
            return nextUnwrapped
                    + (interleaved
                            ? SerialNumbers.distance32(number, nextNumber)
                            : SerialNumbers.distance16(number, nextNumber));
        }

        void advanceTo(long unwrapped) {
            nextNumber += (int) (unwrapped - nextUnwrapped);
            nextUnwrapped = unwrapped;
        }
    }

    /** One stream's unordered messages that are not whole, by message identifier, unwrapped. */
    private static final class UnorderedStream {
        final int id;
        private int highestNumber;
        private long highestUnwrapped;
        final TreeMap<Long, FragmentRuns> messages = new TreeMap<>();
        /** The message of the latest fragment, or null. */
        FragmentRuns latest;

        private long latestNumber;

        /** @param firstNumber what the others are counted from: a stream whose messages were all whole is made anew */
        UnorderedStream(int id, int firstNumber) {
            this.id = id;
            highestNumber = firstNumber;
        }

        long unwrap(int number) {
            long unwrapped = highestUnwrapped + SerialNumbers.distance32(number, highestNumber);
            if (unwrapped > highestUnwrapped) {
                highestUnwrapped = unwrapped;
                highestNumber = number;
            }
            return unwrapped;
        }

        FragmentRuns message(long number) {
            if (latest == null || latestNumber != number) {
                latest = messages.computeIfAbsent(number, n -> new FragmentRuns());
                latestNumber = number;
            }
            return latest;
        }

        void remove(long number) {
            latest = null;
            messages.remove(number);
        }
    }

    /** Made once: it is needed with every packet. */
    private final Consumer<Segment> dropSegment = this::drop;
    /** Those with messages that wait, and the latest. */
    private Map<Integer, OrderedStream> ordered = new HashMap<>();
    /** That of the latest fragment, or null. */
    private OrderedStream latestOrdered;
    /** Of the streams that are not among those. */
    private StreamNumbers nextNumbers = new StreamNumbers();
    /** Of each stream's unordered messages the last that the peer has given up, plus one. */
    private StreamNumbers skippedUnordered = new StreamNumbers();
    /** Where messages interleave: streams with unfinished messages, and the latest. */
    private Map<Integer, UnorderedStream> unordered = new HashMap<>();

    private UnorderedStream latestUnordered;
    /** Where they do not: those of all streams, since TSNs tell what belongs together. */
    private FragmentRuns unorderedByTsn = new FragmentRuns();

    /** Made once, too. */
    private final FragmentRuns.Holder holder = new FragmentRuns.Holder() {
        @Override
        public int roomFor(DataHeader first, int length) {
            // Of a long message most fragments are not copied.
            return first.begins() && lastLength > length && lastLength <= MOST_ROOM ? lastLength : length;
        }

        @Override
        public void holdsMore(long bytes) {
            count(bytes, 0);
        }
    };
    /** Of the last message of several fragments: the next is often as long, and room for it is then the right one. */
    private int lastLength;

    /** Messages that wait for the user. */
    private final ArrayDeque<ReceivedMessage> ready = new ArrayDeque<>();
    /** Those behind them that this packet has completed. */
    private final ArrayDeque<ReceivedMessage> fresh = new ArrayDeque<>();

    private final int maxMessageSize;
    private int highestTsn;
    private long highestUnwrapped;
    private final HeldBytes held;
    private long queuedBytes;
    private int queuedFragments;
    private boolean oversized;

    /** @param held where what waits here is counted */
    public ReassemblyQueue(int peerInitialTsn, int maxMessageSize, HeldBytes held) {
        this.highestTsn = peerInitialTsn;
        this.maxMessageSize = maxMessageSize;
        this.held = held;
    }

    /**
     * Bytes held in incomplete or waiting messages: the buffers that their payloads pin, and what each piece costs that
     * could not be added to another.
     */
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

    /** The next message, which waits for the user from now on; or null. */
    public ReceivedMessage poll() {
        ReceivedMessage m = next();
        if (m != null) {
            held.add(m.held());
        }
        return m;
    }

    private ReceivedMessage next() {
        ReceivedMessage m = ready.isEmpty() ? fresh.poll() : ready.poll();
        if (m != null) {
            held.addUnfinished(-m.held());
        }
        return m;
    }

    /** Takes a fragment, whose payload is lent. */
    public void add(DataHeader header, LentBytes payload) {
        boolean whole = header.begins() && header.ends();
        if (whole && header.isUnordered()) {
            readyAlone(header, payload);
            return;
        }
        long key = header.interleaved() ? header.fragment() : unwrap(header.tsn());
        if (header.interleaved() && (key < 0 || key > maxMessageSize)) {
            oversized = true;
        } else if (header.isUnordered()) {
            addUnordered(key, header, payload);
        } else {
            addOrdered(key, header, payload, whole);
        }
    }

    /** A message of one fragment, whose turn it is. */
    private void readyAlone(DataHeader header, LentBytes payload) {
        oversized |= payload.length() > maxMessageSize;
        ready(new ReceivedMessage(header.streamId(), header.payloadProtocolId(), payload));
    }

    /**
     * The packet is over, and its messages have to wait: one that is a small part of it lets go of the packet, which it
     * would pin without being charged for it.
     */
    public void settle() {
        for (ReceivedMessage m = fresh.poll(); m != null; m = fresh.poll()) {
            ready.add(m.alone());
        }
    }

    /** It is whole and in its turn; only the user may have to hear of the association first. */
    private void ready(ReceivedMessage m) {
        held.addUnfinished(m.held());
        fresh.add(m);
    }

    private void count(long bytes, int fragments) {
        queuedBytes += bytes;
        queuedFragments += fragments;
        held.addUnfinished(bytes);
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

    private void addUnordered(long key, DataHeader header, LentBytes payload) {
        if (header.interleaved() && isSkipped(header)) {
            return;
        }
        UnorderedStream s = header.interleaved() ? unorderedStream(header.streamId(), header.number()) : null;
        long number = s == null ? 0 : s.unwrap(header.number());
        FragmentRuns runs = s == null ? unorderedByTsn : s.message(number);
        if (runs.contains(key)) {
            return; // another fragment under the same number: a peer that does this loses it
        }
        count(0, 1);
        Deque<Segment> whole = runs.add(key, header, payload, holder);
        if (whole == null) {
            oversized |= runs.runBytes(key) > maxMessageSize;
            return;
        }
        if (s != null) {
            s.remove(number);
            runs.forEach(dropSegment);
        }
        ready(assemble(whole));
    }

    /**
     * Whether it is a late part of an unordered message that the peer has given up: the rest of it is gone or never
     * comes.
     */
    private boolean isSkipped(DataHeader header) {
        int behind = skippedUnordered.get(header.streamId());
        return behind != 0 && header.number() - behind < 0 && header.number() - behind >= -LATE;
    }

    private UnorderedStream unorderedStream(int id, int number) {
        if (latestUnordered == null || latestUnordered.id != id) {
            if (latestUnordered != null && latestUnordered.messages.isEmpty()) {
                unordered.remove(latestUnordered.id);
            }
            latestUnordered = unordered.computeIfAbsent(id, i -> new UnorderedStream(i, number));
        }
        return latestUnordered;
    }

    private OrderedStream orderedStream(int id) {
        if (latestOrdered == null || latestOrdered.id != id) {
            if (latestOrdered != null && latestOrdered.messages.isEmpty()) {
                nextNumbers.set(latestOrdered.id, latestOrdered.nextNumber);
                ordered.remove(latestOrdered.id);
            }
            latestOrdered = ordered.computeIfAbsent(id, i -> new OrderedStream(i, nextNumbers.get(i)));
        }
        return latestOrdered;
    }

    /** Whether it is the message that is due on a stream of which nothing waits here; then it is no more. */
    private boolean isDueAlone(DataHeader header) {
        int id = header.streamId();
        if (latestOrdered != null && latestOrdered.id == id || ordered.containsKey(id)) {
            return false;
        }
        int due = nextNumbers.get(id);
        boolean is =
                header.interleaved() ? header.number() == due : SerialNumbers.distance16(header.number(), due) == 0;
        if (is) {
            nextNumbers.set(id, due + 1);
        }
        return is;
    }

    private void addOrdered(long key, DataHeader header, LentBytes payload, boolean whole) {
        if (whole && isDueAlone(header)) {
            readyAlone(header, payload);
            return;
        }
        OrderedStream s = orderedStream(header.streamId());
        long n = s.unwrap(header.number(), header.interleaved());
        if (whole && n == s.nextUnwrapped && (s.messages.isEmpty() || s.messages.firstKey() != n)) {
            s.advanceTo(n + 1);
            readyAlone(header, payload);
            deliver(s);
            return;
        }
        OrderedMessage m = n < s.nextUnwrapped ? null : s.message(n);
        if (m == null || m.whole != null || m.runs.contains(key)) {
            return; // an old number, or a second message or fragment under one: a peer that does this loses it
        }
        count(0, 1);
        m.whole = m.runs.add(key, header, payload, holder);
        if (m.whole == null) {
            oversized |= m.runs.runBytes(key) > maxMessageSize;
        } else if (n == s.nextUnwrapped) {
            deliver(s);
        } else {
            m.whole.peekLast().settle();
        }
    }

    private void deliver(OrderedStream s) {
        for (OrderedMessage m = s.pollDue(); m != null; m = s.pollDue()) {
            assert Steps.count();
            s.advanceTo(s.nextUnwrapped + 1);
            m.runs.forEach(dropSegment);
            ready(assemble(m.whole));
        }
    }

    private ReceivedMessage assemble(Deque<Segment> segments) {
        Segment first = segments.peekFirst();
        List<LentBytes> parts = new ArrayList<>(segments.size());
        long length = 0;
        for (Segment g : segments) {
            assert Steps.count();
            length += g.length();
            uncount(g);
            g.moveTo(parts);
        }
        lastLength = (int) length;
        oversized |= length > maxMessageSize;
        return new ReceivedMessage(first.streamId, first.payloadProtocolId, parts);
    }

    private void uncount(Segment g) {
        count(-g.held(), -g.fragments());
    }

    private void drop(Segment g) {
        assert Steps.count();
        uncount(g);
        g.release();
    }

    private void drop(OrderedMessage m) {
        m.runs.forEach(dropSegment);
        if (m.whole != null) {
            m.whole.forEach(dropSegment);
        }
    }

    /** All TSNs up to this one have arrived or been skipped, and what has arrived was added. */
    public void arrivedUpTo(int cumulativeTsn) {
        if (!unorderedByTsn.isEmpty()) {
            unorderedByTsn.dropOrphans(unwrap(cumulativeTsn), dropSegment);
        }
    }

    /** RFC 3758 §3.6, RFC 8260 §2.3.1: drops what the peer abandoned and delivers what waited for it. */
    public void forward(Chunk.ForwardTsn forward) {
        if (!forward.interleaved()) {
            unorderedByTsn.dropUpTo(unwrap(forward.newCumulativeTsn()), dropSegment);
        }
        for (Chunk.Skipped skipped : forward.streams()) {
            assert Steps.count();
            if (skipped.unordered()) {
                forwardUnordered(skipped);
            } else {
                forwardOrdered(skipped, forward.interleaved());
            }
        }
    }

    private void forwardUnordered(Chunk.Skipped skipped) {
        skippedUnordered.set(skipped.streamId(), skipped.number() + 1);
        UnorderedStream s = unordered.get(skipped.streamId());
        if (s != null) {
            s.latest = null;
            Map<Long, FragmentRuns> gone = s.messages.headMap(s.unwrap(skipped.number()), true);
            gone.values().forEach(runs -> runs.forEach(dropSegment));
            gone.clear();
            if (s.messages.isEmpty() && s != latestUnordered) {
                unordered.remove(s.id);
            }
        }
    }

    private void forwardOrdered(Chunk.Skipped skipped, boolean interleaved) {
        OrderedStream s = orderedStream(skipped.streamId());
        long last = s.unwrap(skipped.number(), interleaved);
        Map<Long, OrderedMessage> gone = s.messages.headMap(last, true);
        for (OrderedMessage m : gone.values()) {
            assert Steps.count();
            // What is whole among the skipped ones has arrived and is delivered all the same.
            if (m.whole != null) {
                m.runs.forEach(dropSegment);
                ready(assemble(m.whole));
            } else {
                drop(m);
            }
        }
        gone.clear();
        s.latest = null;
        if (last >= s.nextUnwrapped) {
            s.advanceTo(last + 1);
        }
        deliver(s);
    }

    /**
     * RFC 6525 §5.2.2: the peer's stream starts again at sequence number 0. What is left of unordered messages without
     * a number goes with their TSNs.
     */
    public void resetStream(int streamId) {
        OrderedStream s = ordered.remove(streamId);
        if (s != null) {
            s.messages.values().forEach(this::drop);
            latestOrdered = s == latestOrdered ? null : latestOrdered;
        }
        nextNumbers.set(streamId, 0);
        skippedUnordered.set(streamId, 0);
        UnorderedStream u = unordered.remove(streamId);
        if (u != null) {
            u.messages.values().forEach(runs -> runs.forEach(dropSegment));
            latestUnordered = u == latestUnordered ? null : latestUnordered;
        }
    }

    /** The same for all streams at once. Nothing is left here but what is whole and in its turn. */
    public void clear() {
        ordered.values().forEach(s -> s.messages.values().forEach(this::drop));
        unordered.values().forEach(s -> s.messages.values().forEach(runs -> runs.forEach(dropSegment)));
        unorderedByTsn.forEach(dropSegment);
        ordered = new HashMap<>();
        latestOrdered = null;
        nextNumbers = new StreamNumbers();
        skippedUnordered = new StreamNumbers();
        unordered = new HashMap<>();
        latestUnordered = null;
        unorderedByTsn = new FragmentRuns();
        assert queuedBytes == 0 && queuedFragments == 0 : "something is held by nobody";
    }

    /** The end: what nobody has taken is let go of. */
    public void close() {
        clear();
        for (ReceivedMessage m = next(); m != null; m = next()) {
            m.release();
        }
    }
}
