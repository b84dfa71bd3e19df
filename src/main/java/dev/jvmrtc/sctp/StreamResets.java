package dev.jvmrtc.sctp;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.DataHeader;
import dev.jvmrtc.sctp.rx.DataTracker;
import dev.jvmrtc.sctp.rx.HeldBytes;
import dev.jvmrtc.sctp.rx.ReassemblyQueue;
import dev.jvmrtc.sctp.rx.ReceivedMessage;
import dev.jvmrtc.sctp.tx.RetransmissionQueue;
import dev.jvmrtc.sctp.tx.RttEstimator;
import dev.jvmrtc.sctp.tx.SendQueue;
import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import dev.jvmrtc.wire.SerialNumbers;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Queue;

/** Resetting streams, both ways (RFC 6525), one request of ours at a time. */
final class StreamResets {
    private static final int OUTGOING_REQUEST = 13;
    private static final int INCOMING_REQUEST = 14;
    private static final int RESPONSE = 16;
    private static final int ADD_OUTGOING = 17;
    private static final int ADD_INCOMING = 18;
    private static final int RESULT_NOTHING_TO_DO = 0;
    private static final int RESULT_PERFORMED = 1;
    private static final int RESULT_DENIED = 2;
    private static final int RESULT_REQUEST_IN_PROGRESS = 4;
    private static final int RESULT_BAD_SEQUENCE = 5;
    private static final int RESULT_IN_PROGRESS = 6;
    /** Streams named in one request: keeps the chunk within a packet. */
    private static final int MAX_STREAMS_PER_REQUEST = 256;
    /** RFC 6525 §3.1: a RE-CONFIG chunk contains one or two parameters. */
    private static final int MAX_PARAMETERS = 2;
    /** Chunks that wait for a reset, which peers send none of as a rule: they are let go of all at once. */
    static final int MAX_WAITING = 256;

    /** Whose streams are reset by us. */
    private final SendQueue sendQueue;
    /** Knows the last TSN that we have given. */
    private final RetransmissionQueue retransmission;
    /** Knows what has come before a reset of the peer. */
    private final DataTracker tracker;
    /** Whose streams are reset by the peer. */
    private final ReassemblyQueue reassembly;
    /** How long an answer is waited for. */
    private final RttEstimator rtt;
    /** Where data that waits for a reset is counted. */
    private final HeldBytes held;
    /** What the user is to hear of. */
    private final Queue<SctpEvent> events;

    /** Streams of our request that was not answered. */
    private List<Integer> requested = List.of();
    /** That request, or null. */
    private byte[] requestParameter;
    /** The number of our next request, or of the one that was not answered. */
    private int requestSequence;
    /** When our request leaves again, or NEVER. */
    private long resendNanos = NEVER;

    /** The number of the peer's next request. */
    private int peerNextSequence;
    /** What the peer's last request was answered. */
    private int lastResult = RESULT_NOTHING_TO_DO;
    /** A request of the peer that waits, or null. */
    private Deferred deferred;
    /** Whether a request was performed in the packet that is read at present. */
    private boolean performedInPacket;

    /** A request of the peer that waits for data sent before it, with data that was sent after it. */
    private static final class Deferred {
        /** That the answer is to name: of the latest time that it was sent. */
        int sequence;

        final int lastTsn;
        /** None for all. */
        final List<Integer> streams;

        private final BitSet streamSet = new BitSet();
        final List<DeferredData> waiting = new ArrayList<>();

        Deferred(int sequence, int lastTsn, List<Integer> streams) {
            this.sequence = sequence;
            this.lastTsn = lastTsn;
            this.streams = streams;
            streams.forEach(streamSet::set);
        }

        boolean isSame(int tsn, List<Integer> ids) {
            return lastTsn == tsn && streams.equals(ids);
        }

        boolean concerns(int tsn, int streamId) {
            return SerialNumbers.before32(lastTsn, tsn) && (streams.isEmpty() || streamSet.get(streamId));
        }
    }

    /** @param payload ours, until the reset is performed */
    private record DeferredData(DataHeader header, ByteBuf payload) {
        int held() {
            return ReceivedMessage.held(LentBytes.pinnedBy(payload));
        }
    }

    StreamResets(
            int localInitialTsn,
            int peerInitialTsn,
            SendQueue sendQueue,
            RetransmissionQueue retransmission,
            DataTracker tracker,
            ReassemblyQueue reassembly,
            RttEstimator rtt,
            HeldBytes held,
            Queue<SctpEvent> events) {
        // RFC 6525 §4.1: the first request sequence number is the initial TSN.
        this.requestSequence = localInitialTsn;
        this.peerNextSequence = peerInitialTsn;
        this.sendQueue = sendQueue;
        this.retransmission = retransmission;
        this.tracker = tracker;
        this.reassembly = reassembly;
        this.rtt = rtt;
        this.held = held;
        this.events = events;
    }

    /**
     * Resets our side of a stream once all that was sent on it has left the queue; once more where a reset of it is
     * under way, since that was for an earlier use.
     */
    void want(int streamId) {
        sendQueue.watch(streamId);
    }

    /** The request to send now, or null. */
    Chunk.ReConfig maybeRequest(long now) {
        if (requestParameter == null) {
            int first = sendQueue.pollDrained();
            if (first < 0) {
                return null;
            }
            requested = new ArrayList<>();
            ByteWriter w = new ByteWriter()
                    .u32(requestSequence)
                    .u32(peerNextSequence - 1)
                    .u32(retransmission.nextTsn() - 1);
            for (int id = first;
                    id >= 0;
                    id = requested.size() < MAX_STREAMS_PER_REQUEST ? sendQueue.pollDrained() : -1) {
                requested.add(id);
                sendQueue.pause(id);
                w.u16(id);
            }
            requestParameter = w.toByteArray();
        } else if (!ProtocolCore.due(resendNanos, now)) {
            return null;
        }
        resendNanos = now + rtt.rtoNanos();
        return new Chunk.ReConfig(List.of(new Chunk.Parameter(OUTGOING_REQUEST, requestParameter)));
    }

    long nextTimeoutNanos() {
        return resendNanos;
    }

    /** Handles a RE-CONFIG; returns the answer, or null. */
    Chunk.ReConfig handle(long now, Chunk.ReConfig chunk) throws MalformedException {
        if (chunk.parameters().size() > MAX_PARAMETERS) {
            throw new MalformedException("RE-CONFIG with too many parameters");
        }
        List<Chunk.Parameter> answers = new ArrayList<>();
        for (Chunk.Parameter p : chunk.parameters()) {
            assert Steps.count();
            ByteReader r = new ByteReader(p.value());
            switch (p.type()) {
                case OUTGOING_REQUEST -> answers.add(handleOutgoingRequest(r));
                case INCOMING_REQUEST, ADD_OUTGOING, ADD_INCOMING -> answers.add(deny(r.i32()));
                case RESPONSE -> handleResponse(now, r.i32(), r.i32());
                default -> {
                    // RFC 6525 §4 has no other that concerns us.
                }
            }
        }
        return answers.isEmpty() ? null : new Chunk.ReConfig(answers);
    }

    private static Chunk.Parameter response(int sequence, int result) {
        return new Chunk.Parameter(
                RESPONSE, new ByteWriter(8).u32(sequence).u32(result).toByteArray());
    }

    private Chunk.Parameter deny(int sequence) {
        return sequence == peerNextSequence ? answer(RESULT_DENIED) : response(sequence, RESULT_DENIED);
    }

    /** The answer to the next request, which counts whatever becomes of it: the peer has counted it when it sent it. */
    private Chunk.Parameter answer(int result) {
        lastResult = result;
        return response(peerNextSequence++, result);
    }

    private Chunk.Parameter handleOutgoingRequest(ByteReader r) throws MalformedException {
        int sequence = r.i32();
        r.i32();
        int lastTsn = r.i32();
        List<Integer> streams = new ArrayList<>();
        while (r.remaining() >= 2) {
            assert Steps.count();
            streams.add(r.u16());
        }
        if (sequence == peerNextSequence - 1) {
            return response(sequence, lastResult);
        }
        if (sequence != peerNextSequence) {
            return response(
                    sequence,
                    deferred != null && sequence == deferred.sequence ? RESULT_IN_PROGRESS : RESULT_BAD_SEQUENCE);
        }
        if (deferred != null && deferred.isSame(lastTsn, streams)) {
            // Told that it is in progress, libwebrtc asks for the same under the next number, others under the same.
            deferred.sequence = sequence;
            return answer(RESULT_IN_PROGRESS);
        }
        if (deferred != null || performedInPacket) {
            // RFC 6525 §4.4: one request at a time, and the one that waits is not forgotten for another. One in a
            // packet, too, so that a packet does not cost many times what the connection has channels.
            return answer(RESULT_REQUEST_IN_PROGRESS);
        }
        deferred = new Deferred(sequence, lastTsn, streams);
        if (SerialNumbers.before32(tracker.cumulativeTsn(), lastTsn)) {
            // RFC 6525 §5.2.2 E2: data sent before the reset is still missing.
            return answer(RESULT_IN_PROGRESS);
        }
        perform();
        return answer(RESULT_PERFORMED);
    }

    /**
     * Whether a data chunk comes after a reset that waits for earlier ones: it must wait too, for its sequence number
     * starts anew.
     */
    boolean mustWait(int tsn, int streamId) {
        return deferred != null && deferred.concerns(tsn, streamId);
    }

    /** Whether one more may {@link #hold wait}. */
    boolean mayWait() {
        return deferred.waiting.size() < MAX_WAITING;
    }

    /** Keeps a chunk that must wait, whose payload is lent. */
    void hold(DataHeader header, LentBytes payload) {
        DeferredData kept = new DeferredData(header.copy(), payload.keep(0, payload.length()));
        deferred.waiting.add(kept);
        held.addUnfinished(kept.held());
    }

    /**
     * After all chunks of a packet: performs a waiting reset whose data has now arrived; returns the answer that the
     * peer waits for, or null.
     */
    Chunk.ReConfig endOfPacket() {
        boolean due = deferred != null && !SerialNumbers.before32(tracker.cumulativeTsn(), deferred.lastTsn);
        int sequence = due ? deferred.sequence : 0;
        if (due) {
            perform();
            if (sequence == peerNextSequence - 1) {
                lastResult = RESULT_PERFORMED; // else that is of another, which was refused meanwhile
            }
        }
        performedInPacket = false;
        return due ? new Chunk.ReConfig(List.of(response(sequence, RESULT_PERFORMED))) : null;
    }

    private void perform() {
        Deferred d = deferred;
        deferred = null;
        performedInPacket = true;
        if (d.streams.isEmpty()) {
            reassembly.clear();
        } else {
            d.streams.forEach(reassembly::resetStream);
        }
        events.add(new SctpEvent.IncomingStreamsReset(d.streams));
        for (DeferredData w : d.waiting) {
            assert Steps.count();
            held.addUnfinished(-w.held());
            reassembly.add(w.header, LentBytes.of(w.payload));
            w.payload.release();
        }
    }

    /** Nothing comes any more. */
    void end() {
        if (deferred != null) {
            for (DeferredData w : deferred.waiting) {
                held.addUnfinished(-w.held());
                w.payload.release();
            }
            deferred = null;
        }
    }

    private void handleResponse(long now, int sequence, int result) {
        if (requestParameter == null || sequence != requestSequence) {
            return;
        }
        if (result == RESULT_IN_PROGRESS) {
            resendNanos = now + rtt.rtoNanos();
            return;
        }
        List<Integer> streams = requested;
        requested = List.of();
        requestParameter = null;
        resendNanos = NEVER;
        requestSequence++;
        streams.forEach(sendQueue::reset);
        boolean done = result == RESULT_PERFORMED || result == RESULT_NOTHING_TO_DO;
        events.add(done ? new SctpEvent.OutgoingStreamsReset(streams) : new SctpEvent.StreamResetRefused(streams));
    }
}
