package dev.jvmrtc.ice;

import static dev.jvmrtc.core.ProtocolCore.soonest;

import dev.jvmrtc.ice.CandidatePair.State;
import dev.jvmrtc.stun.TransactionId;
import java.util.List;

/**
 * Performs the checks of one agent (RFC 8445 §6.1.4): each pair in its turn, by the timer, over a TCP stream where the
 * pair needs one. What comes of a check is the business of {@link ConnectivityChecks}.
 */
final class Checker {
    /** A lite agent checks nothing. */
    private final boolean lite;

    private final Role role;
    private final TcpStreams streams;
    private final OutgoingChecks outgoing;
    /** All pairs of the generation. */
    private final CheckList checkList = new CheckList();
    /** When the next of them may be checked. */
    private final CheckTimer timer = new CheckTimer();
    /** The one whose pairs these are. */
    private Generation generation;

    Checker(Generation generation, boolean lite, Role role, TcpStreams streams, OutgoingChecks outgoing) {
        this.generation = generation;
        this.lite = lite;
        this.role = role;
        this.streams = streams;
        this.outgoing = outgoing;
    }

    CheckList checkList() {
        return checkList;
    }

    Generation generation() {
        return generation;
    }

    /** Other credentials, of ours or of the peer's, for the checks to come. */
    void setGeneration(Generation changed) {
        generation = changed;
    }

    /** ICE restarts: all pairs are forgotten. The timer goes on: a restart is no way to send faster. */
    void restart(Generation begins) {
        generation = begins;
        checkList.clear();
        outgoing.clear();
    }

    /** No check is sent any more, and no answer is of use. */
    void stop() {
        outgoing.clear();
        timer.stop();
    }

    // ---------------------------------------------------------------- ordinary and triggered checks

    /** Lets the timer run where a pair waits for its check. */
    void schedule(long now) {
        if (!lite && generation.isPeerKnown() && !timer.isRunning() && checkList.hasWaiting()) {
            timer.start(now);
        }
    }

    /** Puts the pair into the triggered-check queue (RFC 8445 §6.1.4.1). */
    void trigger(CandidatePair pair) {
        pair.state = State.WAITING;
        checkList.trigger(pair);
    }

    boolean isDue(long now) {
        return timer.isDue(now);
    }

    /** The pair to check now that the timer has fired; null, and the timer stops, where there is none. */
    CandidatePair next() {
        CandidatePair pair = generation.isPeerKnown() ? checkList.next(role.isControlling()) : null;
        if (pair == null) {
            timer.stop();
        }
        return pair;
    }

    /** That pair's turn is over. */
    void performed(long now) {
        timer.fired(now, checkList.hasWaiting());
    }

    // ---------------------------------------------------------------- a check

    /**
     * Checks the pair now, or opens a stream for it: RFC 6544 §7.1 has the connection made when the pair's turn has
     * come, and the check follows when it is open. False where there is no stream to be had.
     */
    boolean send(long now, CandidatePair pair) {
        if (pair.isTcp() && pair.stream == 0) {
            return openStream(pair);
        }
        if (pair.state != State.SUCCEEDED) {
            pair.state = State.IN_PROGRESS;
        }
        outgoing.send(now, pair, role.isControlling(), generation);
        return true;
    }

    private boolean openStream(CandidatePair pair) {
        pair.stream = pair.local.isActiveTcp() ? streams.open(pair.base, pair.remoteAddress) : 0;
        if (pair.stream == 0) {
            return false;
        }
        pair.state = State.IN_PROGRESS;
        return true;
    }

    /** A check of ours, running or cancelled; or null. */
    OutgoingCheck find(TransactionId id) {
        return outgoing.find(id);
    }

    /** The pair is checked anew in place of the check that runs, whose answer is still good. */
    void checkAnew(CandidatePair pair) {
        outgoing.cancel(pair);
        trigger(pair);
    }

    /** A check of the pair has been answered: none that is under way is of use any more. */
    void answered(CandidatePair pair) {
        outgoing.abandon(pair);
    }

    /** The pair does not work. */
    void failed(CandidatePair pair, String why) {
        outgoing.abandon(pair);
        if (pair.stream != 0) {
            streams.close(pair.stream);
            pair.stream = 0;
        }
        pair.failure = why;
        pair.state = State.FAILED;
    }

    /** Asks for consent on the pair. */
    TransactionId sendConsent(CandidatePair pair, Generation of) {
        return outgoing.sendConsent(pair, role.isControlling(), of);
    }

    /** Sends again what is due; returns the pairs that have not answered and will not be asked again. */
    List<CandidatePair> unanswered(long now) {
        return outgoing.handleTimeout(now);
    }

    long nextTimeoutNanos() {
        return soonest(timer.nextTimeoutNanos(), outgoing.nextTimeoutNanos());
    }
}
