package dev.jvmrtc.core;

/**
 * A protocol state machine: no I/O, no thread, no clock, no randomness of its own. Confined to one thread at a time.
 *
 * <p>The contract: mutate once, then drain. Whoever calls into a core afterwards takes its output and its events until
 * there are none, then asks {@link #nextTimeoutNanos()} again. Times are nanoseconds of one monotonic clock with an
 * arbitrary origin and are compared by subtraction; {@link #NEVER} alone is an absolute value.
 *
 * <p>Bytes are lent in both directions: what of those that it is given a core needs after it has returned it keeps, as
 * a part that is counted or a copy, and what a core hands to a sink must be used up before the sink returns
 * (docs/adr/0001).
 *
 * @param <E> the type of its events
 */
public interface ProtocolCore<E> {

    /** No deadline. */
    long NEVER = Long.MAX_VALUE;

    /** Fires all that is due. Early, late and repeated calls are harmless. */
    void handleTimeout(long nowNanos);

    /** When {@link #handleTimeout} wants to be called, or {@link #NEVER}. May change after any other call. */
    long nextTimeoutNanos();

    /** The oldest undelivered event, or null. Cores never call out. */
    E pollEvent();

    /** The earlier of two deadlines, either of which may be {@link #NEVER}. */
    static long soonest(long a, long b) {
        if (a == NEVER) {
            return b;
        }
        if (b == NEVER) {
            return a;
        }
        return a - b <= 0 ? a : b;
    }

    /** Whether a deadline has come. */
    static boolean due(long deadlineNanos, long nowNanos) {
        return deadlineNanos != NEVER && deadlineNanos - nowNanos <= 0;
    }
}
