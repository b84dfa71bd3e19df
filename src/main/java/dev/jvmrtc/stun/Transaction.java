package dev.jvmrtc.stun;

import dev.jvmrtc.core.ProtocolCore;

/**
 * A request and its answer, on the side that asks (RFC 8489 §6.2): when the request is sent, and sent again, and when
 * there will be no answer any more. Sends nothing itself, and reads no answer: whoever asks finds the transaction of an
 * answer by its id.
 *
 * <p>RFC 8489 §6.2.1: "A client SHOULD retransmit a STUN request message starting with an interval of RTO
 * ('Retransmission TimeOut'), doubling after each retransmission." Further: "Retransmissions continue until a response
 * is received, or until a total of Rc requests have been sent. … If, after the last request, a duration equal to Rm
 * times the RTO has passed without a response (providing ample time to get a response if only this final request
 * actually succeeds), the client SHOULD consider the transaction to have failed."
 */
public final class Transaction {

    /**
     * How often a request is sent, and what is waited for in between. Rm of the RFC is not a figure of its own: after
     * the last request as long is waited as before one more.
     *
     * @param rtoNanos what is waited after the first request (RTO)
     * @param maxIntervalNanos to where the wait doubles
     * @param requests how many are sent at the most (Rc)
     */
    public record Schedule(long rtoNanos, long maxIntervalNanos, int requests) {

        /** The wait doubles after each request, and is never cut short. */
        public static Schedule doubling(long rtoNanos, int requests) {
            return new Schedule(rtoNanos, Long.MAX_VALUE / 2, requests);
        }

        /** The wait is the same after each request. */
        public static Schedule constant(long intervalNanos, int requests) {
            return new Schedule(intervalNanos, intervalNanos, requests);
        }

        /**
         * Over a stream. RFC 8489 §6.2.2: "Reliability of STUN over TCP and TLS-over-TCP is handled by TCP itself, and
         * there are no retransmissions at the STUN protocol level."
         *
         * @param patienceNanos what is waited for the answer (Ti)
         */
        public static Schedule reliable(long patienceNanos) {
            return constant(patienceNanos, 1);
        }
    }

    private final TransactionId id;
    /** The bytes, the same each time: RFC 8489 §6.2.1 has "retransmissions", and a server knows them by their id. */
    private final byte[] request;

    /** When it is sent again, and how often. */
    private final Schedule schedule;
    /** Requests sent so far. */
    private int attempts;
    /** When the first was sent; means nothing before. */
    private long firstSentNanos;
    /** When the next is due, or after the last, when the transaction fails. */
    private long dueNanos;
    /** The wait after the next request. */
    private long intervalNanos;

    /** One whose first request is due now. */
    public Transaction(long now, TransactionId id, byte[] request, Schedule schedule) {
        this.id = id;
        this.request = request;
        this.schedule = schedule;
        this.dueNanos = now;
        this.intervalNanos = schedule.rtoNanos;
    }

    public TransactionId id() {
        return id;
    }

    /** The request where it is due, for its receiver to keep; null where it is not, and after the last. */
    public byte[] pollRequest(long now) {
        if (!ProtocolCore.due(dueNanos, now) || attempts == schedule.requests) {
            return null;
        }
        firstSentNanos = attempts == 0 ? now : firstSentNanos;
        attempts++;
        dueNanos = now + intervalNanos;
        intervalNanos = Math.min(2 * intervalNanos, schedule.maxIntervalNanos);
        return request.clone();
    }

    /** Whether all requests have been sent, and the answer to the last has been waited for. */
    public boolean hasFailed(long now) {
        return attempts == schedule.requests && ProtocolCore.due(dueNanos, now);
    }

    /** When {@link #pollRequest} has something, or {@link #hasFailed} comes true. */
    public long nextTimeoutNanos() {
        return dueNanos;
    }

    /** How long ago the request was sent first. */
    public long ageNanos(long now) {
        return now - firstSentNanos;
    }

    /**
     * Whether the time that an answer took is a round trip. RFC 8489 §6.2.1: "RTT estimates SHOULD NOT be computed from
     * STUN transactions that result in the retransmission of a request".
     */
    public boolean measuresRoundTrip() {
        return attempts == 1;
    }
}
