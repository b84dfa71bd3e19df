package dev.jvmrtc.sctp.tx;

import dev.jvmrtc.core.Steps;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Messages that have not left yet, by stream, served by weighted fair queueing (RFC 8260 §3.6): a stream of twice the
 * weight gets twice the bytes while both have some. Where messages interleave, streams take turns with every fragment;
 * where they do not, a message once begun is finished first. Knows nothing of TSNs.
 *
 * <p>The peer holds every message that has begun until it is whole, and its window is filled by them. So only as many
 * large ones are under way at once as it can hold; with more, none could ever end.
 */
public final class SendQueue {
    /** The weight of a stream that nobody gave one: the normal priority of RFC 8831 §6.4. */
    public static final int DEFAULT_WEIGHT = 256;
    /**
     * A chunk costs more than its payload: without this, streams of tiny messages would get far more packets than
     * others.
     */
    private static final int OVERHEAD = 16;
    /** Messages of a packet are not held back for larger ones. */
    private static final int SMALL_MESSAGE = 1_024;
    /**
     * Streams that are looked at again when a message has ended: of many that are held back, those that have waited
     * longest.
     */
    private static final int LET_GO_AT_ONCE = 16;

    private static final class Stream {
        final int id;
        final ArrayDeque<OutgoingMessage> messages = new ArrayDeque<>();
        int weight = DEFAULT_WEIGHT;
        int nextOrdered;
        int nextUnordered;
        long bufferedBytes;
        long releasedBytes;
        boolean paused;
        /** Is to be told of in {@link #pollDrained} once it has nothing left to send. */
        boolean watched;

        boolean toldDrained;
        boolean waiting;
        boolean heldBack;
        /** Bytes served, scaled by weight: whose is lowest is next. */
        double virtualTime;

        long turn;

        Stream(int id) {
            this.id = id;
        }

        boolean isBegun() {
            OutgoingMessage m = messages.peek();
            return m != null && m.fragments > 0;
        }
    }

    private final Map<Integer, Stream> streams = new HashMap<>();
    private final PriorityQueue<Stream> waiting = new PriorityQueue<>(
            Comparator.<Stream>comparingDouble(s -> s.virtualTime).thenComparingLong(s -> s.turn));
    private final ArrayDeque<OutgoingMessage> finished = new ArrayDeque<>();
    /** Those that have let bytes go since {@link #takeReleased}. */
    private final ArrayDeque<Stream> released = new ArrayDeque<>();
    /** Whose turn it is; not among those that wait. */
    private Stream current;

    private double virtualNow;
    private long turns;
    private long bufferedBytes;
    private boolean interleaved;
    private long peerWindow;
    private long begunBytes;
    private final ArrayDeque<Stream> heldBack = new ArrayDeque<>();
    private final ArrayDeque<Stream> drained = new ArrayDeque<>();

    /**
     * Whether both sides interleave messages (RFC 8260); told before anything leaves.
     *
     * @param peerWindow what the peer can hold
     */
    public void setInterleaved(boolean value, long peerWindow) {
        interleaved = value;
        this.peerWindow = peerWindow;
    }

    /**
     * So much may be under way with this message: a part of what the peer can hold, and small ones have some for
     * themselves.
     */
    private long begunLimit(OutgoingMessage m) {
        return m.length > SMALL_MESSAGE ? peerWindow / 2 : peerWindow / 4 * 3;
    }

    /** A stream's share beside others, 1 … 65,535. */
    public void setWeight(int streamId, int weight) {
        stream(streamId).weight = Math.max(1, weight);
    }

    private Stream stream(int id) {
        return streams.computeIfAbsent(id, Stream::new);
    }

    public void add(OutgoingMessage m) {
        Stream s = stream(m.streamId);
        s.messages.add(m);
        s.bufferedBytes += m.length;
        bufferedBytes += m.length;
        activate(s);
    }

    private void activate(Stream s) {
        if (s != current && !s.waiting && !s.heldBack && !s.messages.isEmpty() && (!s.paused || s.isBegun())) {
            // A stream that had nothing to send has not saved up a share for it.
            s.virtualTime = Math.max(s.virtualTime, virtualNow);
            await(s);
        }
    }

    private void await(Stream s) {
        s.turn = turns++;
        s.waiting = true;
        waiting.add(s);
    }

    public long bufferedBytes() {
        return bufferedBytes;
    }

    public long bufferedBytes(int streamId) {
        Stream s = streams.get(streamId);
        return s == null ? 0 : s.bufferedBytes;
    }

    /** The message whose next fragment should leave now, or null. Expired ones are dropped on the way. */
    OutgoingMessage next(long now) {
        while (true) {
            assert Steps.count();
            if (current == null) {
                if (waiting.isEmpty() && begunBytes == 0) {
                    letGo(); // those that had been let go had nothing to send, and no message under way will let go of
                    // more
                }
                current = waiting.poll();
                if (current == null) {
                    return null;
                }
                current.waiting = false;
            }
            OutgoingMessage m = current.messages.peek();
            if (m == null || current.paused && m.fragments == 0) {
                current = null;
            } else if (m.abandoned) {
                current.messages.poll();
                noteDrained(current);
            } else if (m.fragments == 0 && m.isExpired(now)) {
                current.messages.poll();
                noteDrained(current);
                release(current, m.remaining());
                finish(m, false);
            } else if (interleaved && m.fragments == 0 && begunBytes > 0 && begunBytes + m.length > begunLimit(m)) {
                current.heldBack = true;
                heldBack.add(current);
                current = null;
            } else {
                virtualNow = Math.max(virtualNow, current.virtualTime);
                return m;
            }
        }
    }

    boolean hasData() {
        return current != null && !current.messages.isEmpty()
                || !waiting.isEmpty()
                || begunBytes == 0 && !heldBack.isEmpty();
    }

    /** {@code n} bytes of the message that {@link #next} gave have left. Numbers it with its first. */
    void consumed(OutgoingMessage m, int n) {
        Stream s = current;
        if (m.fragments++ == 0) {
            begunBytes += m.length;
            m.number = interleaved && m.unordered ? s.nextUnordered++ : m.unordered ? 0 : s.nextOrdered++;
        }
        m.offset += n;
        release(s, n);
        s.virtualTime += (double) (n + OVERHEAD) / s.weight;
        boolean finished = m.remaining() == 0;
        if (finished) {
            s.messages.poll();
            noteDrained(s);
            ended(m);
        }
        if ((finished || interleaved) && !waiting.isEmpty() && waiting.peek().virtualTime <= s.virtualTime) {
            current = null;
            if (!s.messages.isEmpty()) {
                await(s);
            }
        }
    }

    /** A message that had begun is under way no more: there may be room for one that was held back. */
    private void ended(OutgoingMessage m) {
        begunBytes -= m.length;
        letGo();
    }

    private void letGo() {
        for (int i = Math.min(heldBack.size(), LET_GO_AT_ONCE); i > 0; i--) {
            assert Steps.count();
            Stream s = heldBack.poll();
            s.heldBack = false;
            await(s);
        }
    }

    /** The rest of a message that is given up never leaves. */
    void abandon(OutgoingMessage m) {
        if (!m.abandoned) {
            m.abandoned = true;
            if (m.remaining() > 0) {
                int rest = m.remaining();
                Stream s = streams.get(m.streamId);
                m.offset = m.length;
                s.messages.remove(m);
                noteDrained(s);
                release(s, rest);
                ended(m);
            }
        }
    }

    private void release(Stream s, int bytes) {
        s.bufferedBytes -= bytes;
        bufferedBytes -= bytes;
        if (bytes > 0) {
            if (s.releasedBytes == 0) {
                released.add(s);
            }
            s.releasedBytes += bytes;
        }
    }

    /** The payload of a message is not needed any more. */
    public void finish(OutgoingMessage m, boolean delivered) {
        if (!m.finished) {
            m.finished = true;
            m.delivered = delivered;
            if (m.receipt != OutgoingMessage.NO_RECEIPT) {
                finished.add(m);
            }
        }
    }

    /** Nothing leaves any more. */
    public void finishAll() {
        streams.values().forEach(s -> s.messages.forEach(m -> finish(m, false)));
    }

    /** Is told what has become of a message that somebody has asked about. */
    @FunctionalInterface
    public interface ReceiptListener {
        void finished(long receipt, boolean delivered);
    }

    /** Tells of messages that the peer has or that were given up since the last call. */
    public void takeFinished(ReceiptListener listener) {
        for (OutgoingMessage m = finished.poll(); m != null; m = finished.poll()) {
            listener.finished(m.receipt, m.delivered);
        }
    }

    /** Is told how many bytes of a stream have left the queue. */
    @FunctionalInterface
    public interface ReleaseListener {
        void released(int streamId, long bytes);
    }

    /** Tells of the bytes that have left the queue since the last call, by stream. */
    public void takeReleased(ReleaseListener listener) {
        for (Stream s = released.poll(); s != null; s = released.poll()) {
            listener.released(s.id, s.releasedBytes);
            s.releasedBytes = 0;
        }
    }

    /** Holds new messages of a stream back while its reset is under way. */
    public void pause(int streamId) {
        stream(streamId).paused = true;
    }

    /** Whether messages of the stream are held back because its reset is under way. */
    public boolean isPaused(int streamId) {
        Stream s = streams.get(streamId);
        return s != null && s.paused;
    }

    /** Asks to be told by {@link #pollDrained} when every message of the stream has left entirely; once. */
    public void watch(int streamId) {
        Stream s = stream(streamId);
        s.watched = true;
        noteDrained(s);
    }

    private void noteDrained(Stream s) {
        if (s.watched && !s.toldDrained && s.messages.isEmpty()) {
            s.toldDrained = true;
            drained.add(s);
        }
    }

    /** A watched stream of which every message has left, which is not watched any more; or −1. */
    public int pollDrained() {
        for (Stream s = drained.poll(); s != null; s = drained.poll()) {
            assert Steps.count();
            s.toldDrained = false;
            if (s.messages.isEmpty()) {
                s.watched = false;
                return s.id;
            }
        }
        return -1;
    }

    /** The stream was reset: it starts again at number 0. */
    public void reset(int streamId) {
        Stream s = streams.get(streamId);
        if (s != null) {
            s.nextOrdered = 0;
            s.nextUnordered = 0;
            s.paused = false;
            if (s.messages.isEmpty() && !s.waiting && !s.heldBack && !s.watched) {
                current = s == current ? null : current;
                streams.remove(streamId);
            } else {
                activate(s);
            }
        }
    }
}
