package dev.jvmrtc.dtls.bc;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * A ClientHello that a server cannot answer. It may be a stranger's; it is the peer's when there is no other for
 * {@link #UNANSWERED_NANOS}, and then the peer hears of it.
 */
final class UnansweredHello {
    /**
     * How long a server that could not answer a ClientHello waits for one that it can. DTLS is taken only from
     * addresses that have passed a check, so a stranger's comes shortly before the peer's own, which it sends as soon
     * as there is a path, and again after one, two and four seconds.
     */
    static final long UNANSWERED_NANOS = 10_000_000_000L;

    /** The handshake that could not answer, the last of them; null for none. */
    private Handshake handshake;
    /** What Bouncy Castle would say to it. */
    private final Queue<byte[]> answer = new ArrayDeque<>(1);
    /** When it is believed to be the peer's: counted from the first. */
    private long deadlineNanos = NEVER;

    void note(long now, Handshake failed, Queue<byte[]> unsaid) {
        deadlineNanos = deadlineNanos == NEVER ? now + UNANSWERED_NANOS : deadlineNanos;
        handshake = failed;
        answer.clear();
        answer.addAll(unsaid);
    }

    /** Another could be answered, or it is all over. */
    void forget() {
        handshake = null;
        answer.clear();
        deadlineNanos = NEVER;
    }

    Handshake handshake() {
        return handshake;
    }

    List<byte[]> answer() {
        return List.copyOf(answer);
    }

    long deadlineNanos() {
        return deadlineNanos;
    }
}
