package dev.jvmrtc.ice;

import static dev.jvmrtc.core.ProtocolCore.NEVER;
import static dev.jvmrtc.core.ProtocolCore.soonest;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.core.Transmit;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.Transaction;
import dev.jvmrtc.stun.TransactionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * The checks that wait for an answer: writes them and sends them again (RFC 8445 §7.2.4, §14.3). What an answer means
 * is the business of {@link ConnectivityChecks}.
 */
final class OutgoingChecks {
    /** RFC 8445 §14.2: "ICE agents SHOULD use a default Ta value, 50 ms". */
    static final long TA_NANOS = 50_000_000L;
    /** RFC 8445 §14.3: "Agents MUST NOT use an RTO value smaller than 500 ms." */
    private static final long MIN_RTO_NANOS = 500_000_000L;
    /** RFC 8489 §6.2.1: "Rc SHOULD be configurable and SHOULD have a default of 7." */
    private static final int MAX_TRANSMISSIONS = 7;
    /** A TCP check is sent once. RFC 8489 §6.2.2: "Ti SHOULD be configurable and SHOULD have a default of 39.5 s." */
    private static final Transaction.Schedule OVER_TCP = Transaction.Schedule.reliable(39_500_000_000L);

    private final RandomSource random;
    /** What each check says, for the conflict of roles. */
    private final long tieBreaker;

    private final Queue<Transmit> transmits;
    /** Those that are sent again until they are answered; one for each pair at the most. */
    private final Map<TransactionId, OutgoingCheck> running = new HashMap<>();
    /** Those that are not, and their answers still good; one for each pair at the most. */
    private final Map<TransactionId, OutgoingCheck> cancelled = new HashMap<>();

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
    void send(long now, CandidatePair pair, boolean controlling, Generation generation) {
        remove(running, pair);
        TransactionId id = TransactionId.random(random);
        boolean nominates = pair.nominating && controlling;
        Transaction transaction = new Transaction(
                now, id, build(pair, id, nominates, controlling, generation), pair.isTcp() ? OVER_TCP : overUdp());
        OutgoingCheck check = new OutgoingCheck(pair, nominates, controlling, transaction);
        running.put(id, check);
        transmit(check, transaction.pollRequest(now));
    }

    /** RFC 8445 §14.3: "RTO = MAX (500ms, Ta * N * (Num-Waiting + Num-In-Progress))"; we count those that run. */
    private Transaction.Schedule overUdp() {
        return Transaction.Schedule.doubling(Math.max(MIN_RTO_NANOS, TA_NANOS * running.size()), MAX_TRANSMISSIONS);
    }

    private byte[] build(
            CandidatePair pair, TransactionId id, boolean nominates, boolean controlling, Generation generation) {
        IceCredentials remote = generation.remote();
        StunMessage.Writer w = StunMessage.write(StunMessage.BINDING, StunClass.REQUEST, id)
                .text(
                        StunAttribute.USERNAME,
                        remote.usernameFragment() + ":" + generation.local().usernameFragment())
                .u64(controlling ? StunAttribute.ICE_CONTROLLING : StunAttribute.ICE_CONTROLLED, tieBreaker)
                .u32(StunAttribute.PRIORITY, Candidate.reflexivePriority(pair.local));
        if (nominates) {
            w.flag(StunAttribute.USE_CANDIDATE);
        }
        return w.integrity(remote.key()).fingerprinted();
    }

    private void transmit(OutgoingCheck check, byte[] request) {
        CandidatePair pair = check.pair();
        transmits.add(new Transmit(pair.stream, pair.base, pair.remoteAddress, request));
        pair.requestsSent++;
    }

    /**
     * A question after consent (RFC 7675), which is a check whose answer the agent waits for elsewhere; its
     * transaction.
     */
    TransactionId sendConsent(CandidatePair pair, boolean controlling, Generation generation) {
        TransactionId id = TransactionId.random(random);
        pair.consentRequestsSent++;
        pair.requestsSent++;
        transmits.add(new Transmit(
                pair.stream, pair.base, pair.remoteAddress, build(pair, id, false, controlling, generation)));
        return id;
    }

    /** The check, running or cancelled, that has the transaction; or null. */
    OutgoingCheck find(TransactionId id) {
        OutgoingCheck check = running.get(id);
        return check != null ? check : cancelled.get(id);
    }

    /**
     * RFC 8445 §7.3.1.4: "Cancellation means that the agent will not retransmit the Binding requests associated with
     * the connectivity-check transaction, will not treat the lack of response to be a failure, but will wait the
     * duration of the transaction timeout for a response." We wait until the next one is cancelled.
     */
    void cancel(CandidatePair pair) {
        OutgoingCheck check = remove(running, pair);
        if (check != null) {
            remove(cancelled, pair);
            cancelled.put(check.transaction().id(), check);
        }
    }

    /** The pair's checks are of no use any more: one has been answered, or the pair has failed. */
    void abandon(CandidatePair pair) {
        remove(running, pair);
        remove(cancelled, pair);
    }

    private static OutgoingCheck remove(Map<TransactionId, OutgoingCheck> checks, CandidatePair pair) {
        for (OutgoingCheck c : checks.values()) {
            assert Steps.count();
            if (c.pair() == pair) {
                return checks.remove(c.transaction().id());
            }
        }
        return null;
    }

    /** Sends again what is due; returns the pairs that have not answered and will not be asked again. */
    List<CandidatePair> handleTimeout(long now) {
        if (running.isEmpty()) {
            return List.of();
        }
        List<CandidatePair> unanswered = new ArrayList<>();
        for (OutgoingCheck check : running.values()) {
            if (check.transaction().hasFailed(now)) {
                unanswered.add(check.pair());
                continue;
            }
            byte[] request = check.transaction().pollRequest(now);
            if (request != null) {
                transmit(check, request);
            }
        }
        return unanswered;
    }

    long nextTimeoutNanos() {
        long next = NEVER;
        if (running.isEmpty()) {
            return next; // as it is while media flows, for each packet
        }
        for (OutgoingCheck check : running.values()) {
            next = soonest(next, check.transaction().nextTimeoutNanos());
        }
        return next;
    }
}
