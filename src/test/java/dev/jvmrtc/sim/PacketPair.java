package dev.jvmrtc.sim;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.sctp.Association;
import java.util.Arrays;

/**
 * Two ends that send each other packets over a link. The link takes all and delays none; one that loses, delays,
 * repeats or counts packets is written in {@link #link}.
 *
 * @param <P> an end
 * @param <E> what it tells
 */
public abstract class PacketPair<P extends ProtocolCore<E>, E> extends Pair<P> {

    /** Takes what an end sends at present. */
    protected abstract void drain(P from, Association.PacketSink sink);

    /** A packet has come over the link. */
    protected abstract void arrive(P to, byte[] packet);

    /** What an end has told. */
    protected abstract void told(P by, E event);

    /** What becomes of a packet that an end sends: it {@linkplain #arriveAfter arrives}, once, later, or never. */
    protected void link(P from, byte[] packet) {
        arriveAfter(0, from, packet);
    }

    /** So much time from now the packet is at the other end. */
    protected final void arriveAfter(long nanos, P from, byte[] packet) {
        P to = from == a ? b : a;
        arriveAt(now + nanos, () -> arrive(to, packet));
    }

    /**
     * What leaves now leaves once: an end that has more to send says so by its timeout. Nothing is there at once, since
     * packets arrive by the clock.
     */
    @Override
    protected boolean carry(P from, P to) {
        drain(from, (d, o, n) -> link(from, Arrays.copyOfRange(d, o, o + n)));
        for (E e = from.pollEvent(); e != null; e = from.pollEvent()) {
            told(from, e);
        }
        return false;
    }
}
