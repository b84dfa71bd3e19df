package dev.jvmrtc.ice;

import static dev.jvmrtc.core.ProtocolCore.NEVER;
import static dev.jvmrtc.core.ProtocolCore.soonest;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Transmit;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.TransactionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * The checks that wait for an answer: writes them and sends them again (RFC 8445 §7.2.4, §14.3). What an answer means
 * is the agent's business.
 */
final class OutgoingChecks {
    /** RFC 8445 §14.2: "Ta … SHOULD be 50 ms". */
    static final long TA_NANOS = 50_000_000L;
    /** RFC 8445 §14.3: the RTO of checks is at least 500 ms. */
    private static final long MIN_RTO_NANOS = 500_000_000L;

    private static final int MAX_TRANSMISSIONS = 7;
    /** A TCP check is sent once, and TCP sees to its arrival: RFC 8489 §6.2.2 gives it 39.5 s. */
    private static final long TCP_NANOS = 39_500_000_000L;

    /** A check that is not sent again, and its answer still good. */
    record Cancelled(
            TransactionId transaction, boolean nominates, boolean controlling, long sentNanos, int transmissions) {}

    private final RandomSource random;
    private final long tieBreaker;
    private final Queue<Transmit> transmits;
    private final Map<TransactionId, CandidatePair> running = new HashMap<>();
    /** One for each pair at the most. */
    private final Map<TransactionId, CandidatePair> cancelled = new HashMap<>();

    OutgoingChecks(RandomSource random, long tieBreaker, Queue<Transmit> transmits) {
        this.random = random;
        this.tieBreaker = tieBreaker;
        this.transmits = transmits;
    }

    void clear() {
        running.clear();
        cancelled.clear();
    }

    /** Checks a pair now, in place of a check of it that still runs. */
    void send(long now, CandidatePair pair, boolean controlling, IceCredentials local, IceCredentials remote) {
        forget(pair);
        TransactionId id = TransactionId.random(random);
        boolean nominates = pair.nominating && controlling;
        pair.transaction = id;
        pair.transactionNominates = nominates;
        pair.transactionControlling = controlling;
        pair.request = build(pair, id, nominates, controlling, local, remote);
        pair.transmissions = 0;
        pair.firstSentNanos = now;
        pair.rtoNanos = pair.isTcp() ? TCP_NANOS : Math.max(MIN_RTO_NANOS, TA_NANOS * running.size());
        running.put(id, pair);
        resend(now, pair);
    }

    private byte[] build(
            CandidatePair pair,
            TransactionId id,
            boolean nominates,
            boolean controlling,
            IceCredentials local,
            IceCredentials remote) {
        StunMessage.Writer w = StunMessage.write(StunMessage.BINDING, StunClass.REQUEST, id)
                .text(StunAttribute.USERNAME, remote.usernameFragment() + ":" + local.usernameFragment())
                .u64(controlling ? StunAttribute.ICE_CONTROLLING : StunAttribute.ICE_CONTROLLED, tieBreaker)
                .u32(StunAttribute.PRIORITY, Candidate.reflexivePriority(pair.local));
        if (nominates) {
            w.flag(StunAttribute.USE_CANDIDATE);
        }
        return w.integrity(remote.key()).fingerprinted();
    }

    private void resend(long now, CandidatePair pair) {
        transmits.add(new Transmit(pair.stream, pair.base, pair.remoteAddress, pair.request.clone()));
        pair.transmissions++;
        pair.requestsSent++;
        pair.nextSendNanos = now + pair.rtoNanos;
        pair.rtoNanos *= 2;
    }

    /**
     * A question after consent (RFC 7675), which is a check whose answer the agent waits for elsewhere; its
     * transaction.
     */
    TransactionId sendConsent(CandidatePair pair, boolean controlling, IceCredentials local, IceCredentials remote) {
        TransactionId id = TransactionId.random(random);
        pair.consentRequestsSent++;
        pair.requestsSent++;
        transmits.add(new Transmit(
                pair.stream, pair.base, pair.remoteAddress, build(pair, id, false, controlling, local, remote)));
        return id;
    }

    /** The pair whose check, running or cancelled, has the transaction; or null. */
    CandidatePair find(TransactionId id) {
        CandidatePair pair = running.get(id);
        return pair != null ? pair : cancelled.get(id);
    }

    /** The pair's check with this transaction has been answered, and none is of use any more. */
    void answered(CandidatePair pair, TransactionId id) {
        Cancelled c = pair.cancelled;
        if (c != null && c.transaction.equals(id)) {
            pair.transactionNominates = c.nominates;
            pair.transactionControlling = c.controlling;
            pair.firstSentNanos = c.sentNanos;
            pair.transmissions = c.transmissions;
        }
        abandon(pair);
    }

    /**
     * RFC 8445 §7.3.1.4: "Cancellation means that the agent won't retransmit the Binding requests associated with the
     * connectivity-check transaction, won't treat the lack of response to be a failure, but will wait the duration of
     * the transaction timeout for a response." We wait until the next one is cancelled.
     */
    void cancel(CandidatePair pair) {
        if (pair.transaction != null) {
            forgetCancelled(pair);
            pair.cancelled = new Cancelled(
                    pair.transaction,
                    pair.transactionNominates,
                    pair.transactionControlling,
                    pair.firstSentNanos,
                    pair.transmissions);
            cancelled.put(pair.transaction, pair);
            forget(pair);
        }
    }

    /** The pair's checks are of no use any more. */
    void abandon(CandidatePair pair) {
        forget(pair);
        forgetCancelled(pair);
    }

    private void forget(CandidatePair pair) {
        if (pair.transaction != null) {
            running.remove(pair.transaction);
            pair.transaction = null;
        }
    }

    private void forgetCancelled(CandidatePair pair) {
        if (pair.cancelled != null) {
            cancelled.remove(pair.cancelled.transaction);
            pair.cancelled = null;
        }
    }

    /** Sends again what is due; returns the pairs that have not answered and will not be asked again. */
    List<CandidatePair> handleTimeout(long now) {
        if (running.isEmpty()) {
            return List.of();
        }
        List<CandidatePair> unanswered = new ArrayList<>();
        for (CandidatePair pair : List.copyOf(running.values())) {
            if (pair.nextSendNanos - now > 0) {
                continue;
            }
            if (pair.transmissions < MAX_TRANSMISSIONS && !pair.isTcp()) {
                resend(now, pair);
            } else {
                unanswered.add(pair);
            }
        }
        return unanswered;
    }

    long nextTimeoutNanos() {
        long next = NEVER;
        for (CandidatePair p : running.values()) {
            next = soonest(next, p.nextSendNanos);
        }
        return next;
    }
}
