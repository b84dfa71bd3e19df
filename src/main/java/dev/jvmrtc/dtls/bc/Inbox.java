package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.InternalErrors;
import dev.jvmrtc.core.Steps;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/**
 * What the peer has sent and the handshake has not had yet: in the order in which Bouncy Castle can take it
 * ({@link EarlyRecords}), and without what comes again too often ({@link Repeats}).
 */
final class Inbox {
    private final Counters drops;
    private final boolean server;
    /** What the handshake is to have next. */
    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>(1);

    /** What came before Bouncy Castle can take it. */
    private EarlyRecords early;
    /** What the present handshake has been given; null before the first. */
    private Repeats repeats;

    Inbox(Counters drops, boolean server) {
        this.drops = drops;
        this.server = server;
        this.early = new EarlyRecords(drops, server);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int size() {
        return waiting.size();
    }

    void add(byte[] datagram) {
        early.pass(datagram, waiting);
    }

    void clear() {
        waiting.clear();
    }

    /** The peer is to begin anew: what was held back for the handshake before is of no use. */
    void beginAnew() {
        early = new EarlyRecords(drops, server);
    }

    /** There is a handshake that has had nothing yet. */
    void handshakeBegins() {
        repeats = new Repeats(drops);
    }

    /** What the present handshake has had. */
    Repeats had() {
        return repeats;
    }

    /**
     * Takes out what the handshake may have now. A server gets one ClientHello and no more until it has answered: that
     * one may be a stranger's, and the next the peer's, and where it is the peer's, it may not come again with each
     * copy.
     *
     * @param first whether the handshake is a server's that has not answered
     */
    void take(long now, boolean first, Queue<byte[]> ready) {
        boolean had = repeats.hasFirstMessage();
        while (!waiting.isEmpty() && !(first && repeats.hasFirstMessage() != had)) {
            assert Steps.count();
            byte[] d = waiting.poll();
            try {
                int n = repeats.sift(now, d);
                if (n > 0) {
                    ready.add(n == d.length ? d : Arrays.copyOf(d, n));
                }
            } catch (RuntimeException e) {
                InternalErrors.count(drops, e);
            }
        }
    }

    /** What the handshake's thread has not taken comes before what it has not been given. */
    void takeBack(Handoff handoff) {
        int later = waiting.size();
        handoff.takeLeft(waiting);
        for (int i = 0; i < later; i++) {
            assert Steps.count();
            waiting.add(waiting.poll());
        }
    }

    /** What is left when the handshake has ended well. */
    List<byte[]> left() {
        List<byte[]> left = new ArrayList<>(waiting);
        left.addAll(early.applicationData);
        return left;
    }
}
