package dev.jvmrtc.sctp.tx;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.DataHeader;
import dev.jvmrtc.sctp.tx.SentChunk.State;
import dev.jvmrtc.wire.SerialNumbers;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Partial reliability (RFC 3758, RFC 7496): which messages are given up, and the FORWARD TSN or I-FORWARD-TSN (RFC 8260
 * §2.3) that tells the peer to skip them.
 */
final class PartialReliability {
    /** Streams named in one FORWARD TSN, which has to fit a packet. */
    static final int MAX_SKIPPED_STREAMS = 128;
    /**
     * Chunks that one FORWARD TSN skips: a peer that never goes on would else have us look at all of them again and
     * again.
     */
    static final int MAX_SKIPPED_CHUNKS = 1_024;

    /** What has left of the messages. */
    private final OutstandingData outstanding;
    /** What has not left of them. */
    private final SendQueue sendQueue;
    /** Whether the peer can skip anything; else nothing is given up. */
    private final boolean supported;
    /** Whether messages interleave, so that the unordered ones have numbers too. */
    private final boolean interleaved;
    /** Messages with a lifetime that have begun to leave. */
    private final PriorityQueue<OutgoingMessage> mortal =
            new PriorityQueue<>(Comparator.comparingLong(m -> m.expiresNanos));
    /** Whether the peer is to be told to skip something. */
    private boolean forwardTsnDue;

    PartialReliability(OutstandingData outstanding, SendQueue sendQueue, boolean supported, boolean interleaved) {
        this.outstanding = outstanding;
        this.sendQueue = sendQueue;
        this.supported = supported;
        this.interleaved = interleaved;
    }

    /** A message begins to leave. */
    void begun(OutgoingMessage m) {
        if (supported && m.expiresNanos != NEVER) {
            mortal.add(m);
        }
    }

    /** The peer has acknowledged more: messages that it has need not be watched any more. */
    void acknowledged() {
        if (mortal.size() > 2 * outstanding.size() + 64) {
            mortal.removeIf(m -> m.remaining() == 0 && !SerialNumbers.before32(outstanding.cumulativeAck(), m.lastTsn));
        }
    }

    /** Whether a chunk that may be lost is not to be sent again. */
    boolean mustAbandon(SentChunk c, long now) {
        boolean limited = c.message.maxRetransmits >= 0 && c.retransmits >= c.message.maxRetransmits;
        return supported && (c.message.abandoned || limited || c.message.isExpired(now));
    }

    /** A chunk that is not to be sent again is given up, and its message with it. */
    void abandon(SentChunk c) {
        outstanding.abandon(c);
        abandon(c.message);
    }

    private void abandon(OutgoingMessage m) {
        if (m.remaining() > 0) {
            // What has left of it may all arrive, and the peer would wait for the rest for ever: the TSN of one more
            // fragment, which never leaves, lets it be skipped.
            outstanding.addAbandoned(m, DataHeader.FLAG_END);
        }
        sendQueue.abandon(m);
        sendQueue.finish(m, false);
        for (SentChunk c = m.firstChunk; c != null; c = c.nextOfMessage) {
            assert Steps.count();
            if (!c.isSettled()) {
                outstanding.abandon(c);
            }
        }
    }

    /**
     * Gives up expired messages that wait for a retransmission or are only partly sent. What is all in flight may yet
     * arrive.
     */
    void expire(long now) {
        while (!mortal.isEmpty() && mortal.peek().isExpired(now)) {
            OutgoingMessage m = mortal.poll();
            if (!m.abandoned && (m.remaining() > 0 || hasToResend(m))) {
                abandon(m);
                advance();
            }
        }
    }

    private static boolean hasToResend(OutgoingMessage m) {
        for (SentChunk c = m.firstChunk; c != null; c = c.nextOfMessage) {
            assert Steps.count();
            if (c.state == State.TO_RESEND) {
                return true;
            }
        }
        return false;
    }

    /**
     * The earliest outstanding chunks may be others now, or may have been given up.
     *
     * <p>RFC 3758 §3.5 C3: "If, after step C1 and C2, the "Advanced.Peer.Ack.Point" is greater than the Cumulative TSN
     * ACK carried in the received SACK, the data sender MUST send the data receiver a FORWARD TSN chunk containing the
     * latest value of the "Advanced.Peer.Ack.Point"."
     */
    void advance() {
        forwardTsnDue = !outstanding.isEmpty() && outstanding.first().state == State.ABANDONED;
    }

    boolean isForwardTsnDue() {
        return forwardTsnDue;
    }

    private record StreamKey(int streamId, boolean unordered) {}

    /** The FORWARD TSN or I-FORWARD-TSN to send now. */
    Chunk takeForwardTsn() {
        forwardTsnDue = false;
        int last = outstanding.cumulativeAck();
        Map<StreamKey, Integer> skipped = new LinkedHashMap<>();
        for (int i = 0;
                i < Math.min(outstanding.size(), MAX_SKIPPED_CHUNKS) && skipped.size() < MAX_SKIPPED_STREAMS;
                i++) {
            assert Steps.count();
            SentChunk c = outstanding.get(i);
            // RFC 3758 §3.5 C2 moves over abandoned chunks only: behind one that has arrived, the receiver goes on by
            // itself. Those of a message that is given up have arrived in vain, and are to go with the rest of it.
            if (c.state != State.ABANDONED && !c.message.abandoned) {
                break;
            }
            last = c.tsn;
            if (interleaved || !c.message.unordered) {
                skipped.merge(
                        new StreamKey(c.message.streamId, c.message.unordered),
                        c.message.number,
                        (a, b) -> SerialNumbers.before32(a, b) ? b : a);
            }
        }
        Chunk.Skipped[] streams = skipped.entrySet().stream()
                .map(e -> new Chunk.Skipped(e.getKey().streamId, e.getKey().unordered, e.getValue()))
                .toArray(Chunk.Skipped[]::new);
        return new Chunk.ForwardTsn(interleaved, last, streams);
    }
}
