package dev.jvmrtc.sctp.tx;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Messages that have not left yet, by stream, served message by message in turn (RFC 8260 without interleaving: a message once begun is finished first).
 * Knows nothing of TSNs.
 */
public final class SendQueue {

    private static final class Stream {
        final int id;
        final ArrayDeque<OutgoingMessage> messages = new ArrayDeque<>();
        int nextSsn;
        long bufferedBytes;
        boolean paused;

        Stream(int id) {
            this.id = id;
        }
    }

    private final Map<Integer, Stream> streams = new LinkedHashMap<>();
    private final ArrayDeque<Stream> active = new ArrayDeque<>();
    private final Map<Integer, Long> released = new HashMap<>();
    private OutgoingMessage current;
    private long bufferedBytes;

    public void add(OutgoingMessage m) {
        Stream s = streams.computeIfAbsent(m.streamId, Stream::new);
        s.messages.add(m);
        s.bufferedBytes += m.payload.length;
        bufferedBytes += m.payload.length;
        if (!s.paused && !active.contains(s)) {
            active.add(s);
        }
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
        if (current != null) {
            if (!current.abandoned && current.remaining() > 0) {
                return current;
            }
            current = null;
        }
        while (!active.isEmpty()) {
            Stream s = active.peek();
            OutgoingMessage m = s.messages.peek();
            if (m == null || s.paused) {
                active.poll();
            } else if (m.isExpired(now)) {
                s.messages.poll();
                release(s, m.remaining());
            } else {
                s.messages.poll();
                active.poll();
                if (!s.messages.isEmpty()) {
                    active.add(s);
                }
                m.started = true;
                m.ssn = m.unordered ? 0 : s.nextSsn;
                if (!m.unordered) {
                    s.nextSsn = s.nextSsn + 1 & 0xffff;
                }
                current = m;
                return m;
            }
        }
        return null;
    }

    boolean hasData() {
        return current != null && current.remaining() > 0 && !current.abandoned || !active.isEmpty();
    }

    /** {@code n} bytes of the message have left. */
    void consumed(OutgoingMessage m, int n) {
        m.offset += n;
        release(streams.get(m.streamId), n);
    }

    /** The rest of a message that is given up never leaves. */
    void abandon(OutgoingMessage m) {
        if (!m.abandoned) {
            m.abandoned = true;
            if (m.remaining() > 0) {
                int rest = m.remaining();
                m.offset = m.payload.length;
                release(streams.get(m.streamId), rest);
            }
        }
    }

    private void release(Stream s, int bytes) {
        s.bufferedBytes -= bytes;
        bufferedBytes -= bytes;
        if (bytes > 0) {
            released.merge(s.id, (long) bytes, Long::sum);
        }
    }

    /** Bytes that left the queue since the last call, by stream. */
    public Map<Integer, Long> takeReleased() {
        if (released.isEmpty()) {
            return Map.of();
        }
        Map<Integer, Long> copy = new HashMap<>(released);
        released.clear();
        return copy;
    }

    /** Holds new messages of a stream back while its reset is under way. */
    public void pause(int streamId) {
        streams.computeIfAbsent(streamId, Stream::new).paused = true;
    }

    /** Whether every message of the stream has left entirely. */
    public boolean isDrained(int streamId) {
        Stream s = streams.get(streamId);
        boolean inProgress = current != null && current.streamId == streamId && current.remaining() > 0 && !current.abandoned;
        return !inProgress && (s == null || s.messages.isEmpty());
    }

    /** The stream was reset: it starts again at sequence number 0. */
    public void reset(int streamId) {
        Stream s = streams.get(streamId);
        if (s != null) {
            s.nextSsn = 0;
            s.paused = false;
            if (s.messages.isEmpty()) {
                streams.remove(streamId);
            } else if (!active.contains(s)) {
                active.add(s);
            }
        }
    }

    /** Drops everything that has not left on the given stream. */
    public void discard(int streamId) {
        Stream s = streams.get(streamId);
        if (s != null) {
            for (OutgoingMessage m : s.messages) {
                release(s, m.remaining());
            }
            s.messages.clear();
        }
    }

    public Set<Integer> streamIds() {
        return new HashSet<>(streams.keySet());
    }
}
