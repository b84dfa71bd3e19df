package dev.jvmrtc.ice;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.ice.CandidatePair.State;
import dev.jvmrtc.stun.TransactionId;
import java.util.Queue;

/**
 * The path that data takes: the selected pair, and the peer's consent to go on sending over it (RFC 7675). Outlives a
 * restart. RFC 8445 §9: "during the restart, data can continue to be sent using existing data sessions". Sends nothing.
 */
final class SelectedPath {
    private final Queue<IceEvent> events;
    private final Connectivity connectivity;
    private final ConsentFreshness consent;
    /** The pair, or null. */
    private CandidatePair pair;
    /** Whether it is, or was where there is none any more, of a generation before; false from the next pair on. */
    private boolean old;
    /** The generation that it was selected in, whose credentials it works with. */
    private Generation generation;

    SelectedPath(RandomSource random, Connectivity connectivity, Queue<IceEvent> events) {
        this.events = events;
        this.connectivity = connectivity;
        this.consent = new ConsentFreshness(random);
    }

    CandidatePair pair() {
        return pair;
    }

    boolean isOld() {
        return old;
    }

    Generation generation() {
        return generation;
    }

    boolean isOn(Route route) {
        return pair != null && pair.isOn(route);
    }

    /** The TCP stream that it takes; 0 for none. */
    int stream() {
        return pair == null ? 0 : pair.stream;
    }

    /** Whether it goes over TCP, and the stream is gone. */
    boolean isBroken() {
        return pair != null && pair.isTcp() && pair.stream == 0;
    }

    /** Whether it has stopped working, as far as we know. */
    boolean isDead() {
        return pair != null && (pair.state == State.FAILED || connectivity.is(IceState.DISCONNECTED));
    }

    void select(long now, CandidatePair selected, Generation of) {
        boolean changed = selected != pair;
        boolean lost = old ? connectivity.is(IceState.CHECKING) : isDead();
        pair = selected;
        old = false;
        generation = of;
        // RFC 7675 §5.1: "An endpoint gains consent to send on a candidate pair when the pair enters the Succeeded ICE
        // state."
        consent.start(now);
        if (changed) {
            events.add(new IceEvent.SelectedPairChanged(pair.local, pair.remote, lost));
        }
        connectivity.found();
    }

    /** ICE restarts: data goes on over the pair until there is one of the new generation. */
    void restart() {
        old = pair != null;
    }

    /** Nothing goes over it any more. */
    void lose(long now) {
        if (old) {
            connectivity.oldPathLost();
        } else {
            connectivity.lost(now);
        }
    }

    /** There is none any more, and none is missing. */
    void drop() {
        pair = null;
        old = false;
        consent.stop();
    }

    /** The agent is closed. */
    void close() {
        pair = null;
        consent.stop();
    }

    /**
     * That of the generation before is given up. RFC 7675 §5.1: "the endpoint MUST cease transmission on that 5-tuple".
     * The new generation may still find a path.
     */
    void dropOld() {
        pair = null;
        consent.stop();
        connectivity.oldPathLost();
    }

    // ---------------------------------------------------------------- consent

    /** The peer has shown that it is there; whether it had been missed. */
    boolean heard() {
        if (old) {
            connectivity.oldPathWorks();
        } else if (connectivity.is(IceState.DISCONNECTED)) {
            connectivity.found();
            return true;
        }
        return false;
    }

    /** A lite agent, which asks nothing, takes the peer's checks for consent; whether it had been missed. */
    boolean consented(long now) {
        consent.start(now);
        return heard();
    }

    /** Whether this is the answer to a question after consent, which gives it anew. */
    boolean answered(long now, TransactionId id) {
        long sentNanos = consent.handleResponse(id, now);
        if (sentNanos < 0) {
            return false;
        }
        pair.answered(now - sentNanos, true);
        return true;
    }

    /** Asks now instead of when it is next due. */
    void hurry(long now) {
        consent.hurry(now);
    }

    boolean isConsentExpired(long now) {
        return consent.isExpired(now);
    }

    /** Whether the peer has been silent for so long that others are to be tried, which is not known yet. */
    boolean hasFallenSilent(long now) {
        return consent.isDisconnected(now) && connectivity.isUp();
    }

    boolean isQuestionDue(long now) {
        return consent.requestDue(now);
    }

    void asked(TransactionId id, long now) {
        consent.requestSent(id, now);
    }

    /** There is no way to ask, or it is not for us to ask. */
    void notAsked(long now) {
        consent.nothingHeard(now);
    }

    long nextTimeoutNanos() {
        return consent.nextTimeoutNanos();
    }
}
