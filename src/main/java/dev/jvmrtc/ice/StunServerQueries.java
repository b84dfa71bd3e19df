package dev.jvmrtc.ice;

import static dev.jvmrtc.core.ProtocolCore.NEVER;
import static dev.jvmrtc.core.ProtocolCore.soonest;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Transmit;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.TransactionId;
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

    private static final long RTO_NANOS = 500_000_000L;
    /**
     * Sent at 0, 0.5, 1.5, 3.1, 4.7, 6.3 and 7.9 s, given up at 9.5 s. RFC 8489 §6.2.1 would go on to 39.5 s; a call
     * does not wait for that.
     */
    private static final int MAX_TRANSMISSIONS = 7;

    private static final long MAX_RTO_NANOS = 1_600_000_000L;

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

    private static final class Query {
        final InetSocketAddress base;
        final InetSocketAddress server;
        final String url;
        final byte[] request;
        int transmissions;
        /** Whether an earlier one has told the address. */
        final boolean again;

        long nextNanos;
        long rtoNanos = RTO_NANOS;

        Query(InetSocketAddress base, InetSocketAddress server, String url, byte[] request, long now, boolean again) {
            this.again = again;
            this.base = base;
            this.server = server;
            this.url = url;
            this.request = request;
            this.nextNanos = now;
        }
    }

    private final RandomSource random;
    private final Map<TransactionId, Query> running = new HashMap<>();
    /** Those that have been answered, until they are to be asked again. */
    private final List<Query> answered = new ArrayList<>();

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
            running.put(id, new Query(base, server, url, request, now, again));
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
        InetSocketAddress mapped = null;
        try {
            mapped = message.mappedAddress();
        } catch (dev.jvmrtc.wire.MalformedException e) {
            return new Answer(q.base, q.server, q.url, null, 400, e.getMessage(), q.again);
        }
        if (message.messageClass() == StunClass.SUCCESS_RESPONSE && mapped != null) {
            q.nextNanos = now + KEEPALIVE_NANOS;
            answered.add(q);
            return new Answer(q.base, q.server, q.url, mapped, 0, "", q.again);
        }
        if (message.errorCode() == 0) {
            return new Answer(
                    q.base, q.server, q.url, null, 400, "an answer with neither an address nor an error", q.again);
        }
        return new Answer(q.base, q.server, q.url, null, message.errorCode(), message.errorReason(), q.again);
    }

    /** Resends what is due; returns those that were given up. */
    List<Answer> handleTimeout(long now, Queue<Transmit> out) {
        if (answered.isEmpty() && running.isEmpty()) {
            return List.of();
        }
        for (Query q : List.copyOf(answered)) {
            if (q.nextNanos - now <= 0) {
                answered.remove(q);
                start(now, q.base, q.server, q.url, true);
            }
        }
        List<Answer> dead = new ArrayList<>();
        running.values().removeIf(q -> {
            if (q.nextNanos - now > 0) {
                return false;
            }
            if (q.transmissions == MAX_TRANSMISSIONS && q.again) {
                return true;
            }
            if (q.transmissions == MAX_TRANSMISSIONS) {
                dead.add(new Answer(q.base, q.server, q.url, null, 701, "STUN server did not answer", false));
                return true;
            }
            out.add(new Transmit(q.base, q.server, q.request.clone()));
            q.transmissions++;
            q.nextNanos = now + q.rtoNanos;
            q.rtoNanos = Math.min(2 * q.rtoNanos, MAX_RTO_NANOS);
            return false;
        });
        return dead;
    }

    long nextTimeoutNanos() {
        long next = NEVER;
        for (Query q : running.values()) {
            next = soonest(next, q.nextNanos);
        }
        for (Query q : answered) {
            next = soonest(next, q.nextNanos);
        }
        return next;
    }
}
