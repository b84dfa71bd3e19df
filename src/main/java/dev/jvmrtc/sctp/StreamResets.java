package dev.jvmrtc.sctp;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.rx.DataTracker;
import dev.jvmrtc.sctp.rx.ReassemblyQueue;
import dev.jvmrtc.sctp.tx.RetransmissionQueue;
import dev.jvmrtc.sctp.tx.RttEstimator;
import dev.jvmrtc.sctp.tx.SendQueue;
import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
import dev.jvmrtc.wire.SerialNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.TreeSet;

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
    private static final int RESULT_BAD_SEQUENCE = 5;
    private static final int RESULT_IN_PROGRESS = 6;
    /** Streams named in one request: keeps the chunk within a packet. */
    private static final int MAX_STREAMS_PER_REQUEST = 256;

    private final SendQueue sendQueue;
    private final RetransmissionQueue retransmission;
    private final DataTracker tracker;
    private final ReassemblyQueue reassembly;
    private final RttEstimator rtt;
    private final Queue<SctpEvent> events;

    private final TreeSet<Integer> wanted = new TreeSet<>();
    private List<Integer> requested = List.of();
    private byte[] requestParameter;
    private int requestSequence;
    private long resendNanos = NEVER;

    private int peerNextSequence;
    private int lastResult = RESULT_NOTHING_TO_DO;
    private Deferred deferred;

    private record Deferred(int sequence, int lastTsn, List<Integer> streams) {
    }

    StreamResets(int localInitialTsn, int peerInitialTsn, SendQueue sendQueue, RetransmissionQueue retransmission, DataTracker tracker,
                 ReassemblyQueue reassembly, RttEstimator rtt, Queue<SctpEvent> events) {
        // RFC 6525 §4.1: the first request sequence number is the initial TSN.
        this.requestSequence = localInitialTsn;
        this.peerNextSequence = peerInitialTsn;
        this.sendQueue = sendQueue;
        this.retransmission = retransmission;
        this.tracker = tracker;
        this.reassembly = reassembly;
        this.rtt = rtt;
        this.events = events;
    }

    /** Resets our side of a stream once all that was sent on it has left the queue; once more where a reset of it is under way, since that was for an earlier use. */
    void want(int streamId) {
        wanted.add(streamId);
    }

    /** The request to send now, or null. */
    Chunk.ReConfig maybeRequest(long now) {
        if (requestParameter == null) {
            if (wanted.isEmpty()) {
                return null;
            }
            List<Integer> ready = wanted.stream().filter(sendQueue::isDrained).limit(MAX_STREAMS_PER_REQUEST).toList();
            if (ready.isEmpty()) {
                return null;
            }
            requested = ready;
            wanted.removeAll(ready);
            ready.forEach(sendQueue::pause);
            ByteWriter w = new ByteWriter().u32(requestSequence).u32(peerNextSequence - 1).u32(retransmission.nextTsn() - 1);
            ready.forEach(w::u16);
            requestParameter = w.toByteArray();
        } else if (!dev.jvmrtc.core.ProtocolCore.due(resendNanos, now)) {
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
        List<Chunk.Parameter> answers = new ArrayList<>();
        for (Chunk.Parameter p : chunk.parameters()) {
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
        return new Chunk.Parameter(RESPONSE, new ByteWriter(8).u32(sequence).u32(result).toByteArray());
    }

    private Chunk.Parameter deny(int sequence) {
        if (sequence == peerNextSequence) {
            peerNextSequence++;
            lastResult = RESULT_DENIED;
        }
        return response(sequence, RESULT_DENIED);
    }

    private Chunk.Parameter handleOutgoingRequest(ByteReader r) throws MalformedException {
        int sequence = r.i32();
        r.i32();
        int lastTsn = r.i32();
        List<Integer> streams = new ArrayList<>();
        while (r.remaining() >= 2) {
            streams.add(r.u16());
        }
        if (sequence == peerNextSequence - 1) {
            return response(sequence, deferred != null ? RESULT_IN_PROGRESS : lastResult);
        }
        if (sequence != peerNextSequence) {
            return response(sequence, RESULT_BAD_SEQUENCE);
        }
        peerNextSequence++;
        deferred = new Deferred(sequence, lastTsn, streams);
        if (SerialNumbers.before32(tracker.cumulativeTsn(), lastTsn)) {
            // RFC 6525 §5.2.2 E2: data sent before the reset is still missing.
            lastResult = RESULT_IN_PROGRESS;
            return response(sequence, RESULT_IN_PROGRESS);
        }
        perform();
        return response(sequence, lastResult);
    }

    /** Whether a data chunk comes after a reset that waits for earlier ones: it must wait too, for its sequence number starts anew. */
    boolean mustWait(int tsn, int streamId) {
        return deferred != null && SerialNumbers.before32(deferred.lastTsn, tsn) && (deferred.streams.isEmpty() || deferred.streams.contains(streamId));
    }

    /** Performs a waiting reset whose data has now arrived; returns the answer that the peer waits for, or null. */
    Chunk.ReConfig maybePerformDeferred() {
        if (deferred == null || SerialNumbers.before32(tracker.cumulativeTsn(), deferred.lastTsn)) {
            return null;
        }
        int sequence = deferred.sequence;
        perform();
        return new Chunk.ReConfig(List.of(response(sequence, lastResult)));
    }

    private void perform() {
        List<Integer> streams = deferred.streams.isEmpty() ? List.copyOf(reassembly.orderedStreams()) : deferred.streams;
        streams.forEach(reassembly::resetStream);
        deferred = null;
        lastResult = RESULT_PERFORMED;
        events.add(new SctpEvent.IncomingStreamsReset(List.copyOf(streams)));
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
