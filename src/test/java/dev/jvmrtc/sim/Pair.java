package dev.jvmrtc.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Two ends of a protocol, what is carried between them, and virtual time: what a test of a state machine with a peer
 * begins with. How something is carried, and what is lost, is said by the protocol's own.
 *
 * @param <P> an end
 */
public abstract class Pair<P extends ProtocolCore<?>> {
    public static final long MILLI = 1_000_000L;
    public static final long SECOND = 1_000 * MILLI;
    /** Turns at one instant beyond which something is due again and again without end. */
    private static final int MAX_TURNS_AT_ONCE = 1_000;

    protected long now = SECOND;
    protected P a;
    protected P b;
    /** What is on its way, the next to arrive first. */
    private final PriorityQueue<Arrival> onItsWay = new PriorityQueue<>();

    private long sent;
    /** Turns at this instant. */
    private int turns;

    /** @param order among what arrives at one instant: that of sending */
    private record Arrival(long at, long order, Runnable what) implements Comparable<Arrival> {
        @Override
        public int compareTo(Arrival o) {
            return Long.signum(at != o.at ? at - o.at : order - o.order);
        }
    }

    /** Carries what there is from one end to the other; whether something is there at once, lost or not. */
    protected abstract boolean carry(P from, P to);

    /** Something arrives at a time that has not passed, after all that arrives then and was sent before it. */
    protected final void arriveAt(long nanos, Runnable what) {
        onItsWay.add(new Arrival(nanos, sent++, what));
    }

    /** Carries all between the two until none is left that is there at once. */
    protected final void exchange() {
        while (carry(a, b) | carry(b, a)) {
            // and what these have called forth
        }
    }

    /** Lets so much time pass, and all happen that is due in it. */
    protected final void runFor(long nanos) {
        runFor(nanos, List.of(this));
    }

    /** Lets so much time pass for all of them, which have the same time. */
    public static void runFor(long nanos, List<? extends Pair<?>> pairs) {
        long now = pairs.get(0).now;
        long end = now + nanos;
        pairs.forEach(Pair::exchange);
        while (true) {
            long next = ProtocolCore.NEVER;
            for (Pair<?> p : pairs) {
                next = ProtocolCore.soonest(next, p.nextNanos());
            }
            if (next == ProtocolCore.NEVER || next - end > 0) {
                pairs.forEach(p -> p.now = end);
                return;
            }
            now = Math.max(now, next);
            for (Pair<?> p : pairs) {
                p.turn(now);
            }
        }
    }

    private long nextNanos() {
        long next = ProtocolCore.soonest(a.nextTimeoutNanos(), b.nextTimeoutNanos());
        return onItsWay.isEmpty() ? next : ProtocolCore.soonest(next, onItsWay.peek().at);
    }

    private void turn(long nanos) {
        turns = nanos == now ? turns + 1 : 0;
        assertTrue(turns < MAX_TURNS_AT_ONCE, "time stands still");
        now = nanos;
        while (!onItsWay.isEmpty() && ProtocolCore.due(onItsWay.peek().at, now)) {
            onItsWay.poll().what.run();
        }
        a.handleTimeout(now);
        b.handleTimeout(now);
        exchange();
    }
}
