package dev.jvmrtc.ice;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.stun.TransactionId;
import java.util.ArrayDeque;

/**
 * Consent to send on the selected pair (RFC 7675). Says when the next request is due, when the pair counts as
 * disconnected, and when consent is gone. Builds no messages.
 */
final class ConsentFreshness {
    /** RFC 7675 §5.1: "a period of 5 seconds … randomized between 0.8 and 1.2 times". */
    private static final long PERIOD_NANOS = 5_000_000_000L;
    /**
     * Requests are due at multiples of this, so that those of many agents on one clock fall together: an idle server
     * wakes a few times a second, however many connections it has, instead of once or more for each.
     */
    private static final long GRID_NANOS = 200_000_000L;
    /** While an answer is missing we ask again sooner, so that a network that came back is noticed soon. */
    private static final long UNANSWERED_PERIOD_NANOS = 1_000_000_000L;
    /** Nothing heard for this long after an unanswered request means "disconnected". */
    private static final long DISCONNECTED_NANOS = 3_000_000_000L;
    /** RFC 7675 §5.1: "Consent expires after 30 seconds". */
    static final long EXPIRY_NANOS = 30_000_000_000L;

    private static final int MAX_OUTSTANDING = 32;

    record Outstanding(TransactionId id, long sentNanos) {}

    private final RandomSource random;
    /** Requests that may be answered yet, the oldest first; an answer to any makes all others needless. */
    private final ArrayDeque<Outstanding> outstanding = new ArrayDeque<>();
    /** When the next request is due; NEVER while there is nobody to ask. */
    private long nextRequestNanos = NEVER;
    /** When the peer consented last. */
    private long lastConsentNanos;
    /** When the first request was sent that no answer has come after; NEVER for none. */
    private long firstUnansweredNanos = NEVER;

    ConsentFreshness(RandomSource random) {
        this.random = random;
    }

    /** A pair was selected just now: its check was consent. */
    void start(long now) {
        outstanding.clear();
        granted(now);
    }

    void stop() {
        outstanding.clear();
        nextRequestNanos = NEVER;
        firstUnansweredNanos = NEVER;
    }

    boolean isRunning() {
        return nextRequestNanos != NEVER;
    }

    private void granted(long now) {
        lastConsentNanos = now;
        firstUnansweredNanos = NEVER;
        long least = PERIOD_NANOS * 80 / 100;
        long most = PERIOD_NANOS * 120 / 100 - GRID_NANOS;
        long due = now + least + (most - least) * random.nextInt(101) / 100;
        nextRequestNanos = due + Math.floorMod(-due, GRID_NANOS);
    }

    boolean requestDue(long now) {
        return isRunning() && nextRequestNanos - now <= 0;
    }

    void requestSent(TransactionId id, long now) {
        if (outstanding.size() == MAX_OUTSTANDING) {
            outstanding.poll();
        }
        outstanding.add(new Outstanding(id, now));
        if (firstUnansweredNanos == NEVER) {
            firstUnansweredNanos = now;
        }
        nextRequestNanos = now + UNANSWERED_PERIOD_NANOS;
    }

    /** Asks now instead of when it is next due. */
    void hurry(long now) {
        if (isRunning() && nextRequestNanos - now > 0) {
            nextRequestNanos = now;
        }
    }

    /** A lite agent, which asks nothing, would have heard the peer by now. */
    void nothingHeard(long now) {
        if (firstUnansweredNanos == NEVER) {
            firstUnansweredNanos = now;
        }
        nextRequestNanos = now + UNANSWERED_PERIOD_NANOS;
    }

    /** When the request with this id was sent, or −1 if it is none of ours. Its answer renews consent. */
    long handleResponse(TransactionId id, long now) {
        for (Outstanding o : outstanding) {
            if (o.id.equals(id)) {
                outstanding.clear();
                granted(now);
                return o.sentNanos;
            }
        }
        return -1;
    }

    /** Whether answers have been missing for so long that the transport counts as disconnected. */
    boolean isDisconnected(long now) {
        return isRunning() && firstUnansweredNanos != NEVER && now - firstUnansweredNanos >= DISCONNECTED_NANOS;
    }

    boolean isExpired(long now) {
        return isRunning() && now - lastConsentNanos >= EXPIRY_NANOS;
    }

    long nextTimeoutNanos() {
        return nextRequestNanos;
    }
}
