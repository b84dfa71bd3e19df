package dev.jvmrtc.sim;

import dev.jvmrtc.core.ProtocolCore;

/**
 * Two ends of a protocol, what is carried between them, and virtual time: what a test of a state machine with a peer
 * begins with. How something is carried, and what is lost, is said by the protocol's own.
 *
 * @param <P> an end
 */
public abstract class Pair<P extends ProtocolCore<?>> {
    public static final long SECOND = 1_000_000_000L;

    protected long now = SECOND;
    protected P a;
    protected P b;

    /** Carries what there is from one end to the other; whether there was anything, lost or not. */
    protected abstract boolean carry(P from, P to);

    /** Carries all between the two until none is left. */
    protected final void exchange() {
        while (carry(a, b) | carry(b, a)) {
            // and what these have called forth
        }
    }

    /** Lets so much time pass, and all happen that is due in it. */
    protected final void runFor(long nanos) {
        long end = now + nanos;
        exchange();
        while (true) {
            long next = ProtocolCore.soonest(a.nextTimeoutNanos(), b.nextTimeoutNanos());
            if (next == ProtocolCore.NEVER || next - end > 0) {
                now = end;
                return;
            }
            now = Math.max(now, next);
            a.handleTimeout(now);
            b.handleTimeout(now);
            exchange();
        }
    }
}
