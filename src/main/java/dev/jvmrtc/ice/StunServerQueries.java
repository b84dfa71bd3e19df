package dev.jvmrtc.ice;

import static dev.jvmrtc.core.ProtocolCore.NEVER;
import static dev.jvmrtc.core.ProtocolCore.soonest;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Transmit;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.Transaction;
import dev.jvmrtc.stun.TransactionId;
import dev.jvmrtc.wire.MalformedException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * Asks STUN servers for our reflexive addresses, each base and server on its own clock, so that a dead server delays
 * nobody; and asks again from time to time, so that the addresses last: RFC 8445 §5.1.1.4, "the bindings MUST be kept
 * alive by additional Binding requests to the server". Knows no candidates.
 */
final class StunServerQueries {

    /** Most queries at once: bases × servers. */
    static final int MAX_QUERIES = 256;

    /**
     * Sent at 0, 0.5, 1.5, 3.1, 4.7, 6.3 and 7.9 s, given up at 9.5 s. RFC 8489 §6.2.1 would go on to 39.5 s; a call
     * does not wait for that.
     */
    private static final Transaction.Schedule SCHEDULE = new Transaction.Schedule(500_000_000L, 1_600_000_000L, 7);

    /** As the keepalives of RFC 8445 §11. */
    static final long KEEPALIVE_NANOS = 15_000_000_000L;

    /** @param again whether the address had been told before */
    record Answer(
            InetSocketAddress base,
            InetSocketAddress server,
            String url,
            InetSocketAddress mapped,
            int errorCode,
            String reason,
            boolean again) {}

    /** @param again whether an earlier one has told the address */
    private record Query(
            InetSocketAddress base, InetSocketAddress server, String url, Transaction transaction, boolean again) {

        Answer answer(InetSocketAddress mapped, int errorCode, String reason) {
            return new Answer(base, server, url, mapped, errorCode, reason, again);
        }
    }

    /** One that has been answered. */
    private record Kept(Query query, long askAgainNanos) {}

    private final RandomSource random;
    /** Those that wait for an answer. */
    private final Map<TransactionId, Query> running = new HashMap<>();
    /** Those that have been answered, until they are to be asked again. */
    private final List<Kept> answered = new ArrayList<>();

    StunServerQueries(RandomSource random) {
        this.random = random;
    }

    void start(long now, InetSocketAddress base, InetSocketAddress server, String url) {
        start(now, base, server, url, false);
    }

    private void start(long now, InetSocketAddress base, InetSocketAddress server, String url, boolean again) {
        if (running.size() < MAX_QUERIES) {
            TransactionId id = TransactionId.random(random);
            byte[] request = StunMessage.write(StunMessage.BINDING, StunClass.REQUEST, id)
                    .fingerprinted();
            running.put(id, new Query(base, server, url, new Transaction(now, id, request, SCHEDULE), again));
        }
    }

    /** Whether a server has not answered yet. */
    boolean areOpen() {
        return running.values().stream().anyMatch(q -> !q.again);
    }

    /** Addresses that were told need not last any longer. */
    void stopKeepalives() {
        answered.clear();
        running.values().removeIf(q -> q.again);
    }

    void clear() {
        running.clear();
        answered.clear();
    }

    /**
     * The answer to one of our queries, or null if the message is none: it must come from the server that was asked.
     */
    Answer handleResponse(long now, StunMessage message, InetSocketAddress from) {
        Query q = running.get(message.transactionId());
        if (q == null || !q.server.equals(from)) {
            return null;
        }
        running.remove(message.transactionId());
        InetSocketAddress mapped;
        try {
            mapped = message.mappedAddress();
        } catch (MalformedException e) {
            return q.answer(null, 400, e.getMessage());
        }
        if (message.messageClass() == StunClass.SUCCESS_RESPONSE && mapped != null) {
            answered.add(new Kept(q, now + KEEPALIVE_NANOS));
            return q.answer(mapped, 0, "");
        }
        return message.errorCode() == 0
                ? q.answer(null, 400, "an answer with neither an address nor an error")
                : q.answer(null, message.errorCode(), message.errorReason());
    }

    /** Resends what is due; returns those that were given up. */
    List<Answer> handleTimeout(long now, Queue<Transmit> out) {
        if (answered.isEmpty() && running.isEmpty()) {
            return List.of();
        }
        for (Kept k : List.copyOf(answered)) {
            if (ProtocolCore.due(k.askAgainNanos, now)) {
                answered.remove(k);
                start(now, k.query.base, k.query.server, k.query.url, true);
            }
        }
        List<Answer> dead = new ArrayList<>();
        running.values().removeIf(q -> {
            boolean failed = q.transaction.hasFailed(now);
            if (failed && !q.again) {
                dead.add(q.answer(null, 701, "STUN server did not answer"));
            }
            byte[] request = q.transaction.pollRequest(now);
            if (request != null) {
                out.add(new Transmit(q.base, q.server, request));
            }
            return failed;
        });
        return dead;
    }

    long nextTimeoutNanos() {
        long next = NEVER;
        if (running.isEmpty() && answered.isEmpty()) {
            return next; // as it is while media flows, for each packet
        }
        for (Query q : running.values()) {
            next = soonest(next, q.transaction.nextTimeoutNanos());
        }
        for (Kept k : answered) {
            next = soonest(next, k.askAgainNanos);
        }
        return next;
    }
}
