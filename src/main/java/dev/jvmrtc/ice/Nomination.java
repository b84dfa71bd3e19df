package dev.jvmrtc.ice;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.ice.CandidatePair.State;
import dev.jvmrtc.stun.TransactionId;

/**
 * Which pair is nominated, and when: regular nomination (RFC 8445 §8.1.1) by the controlling agent, and what the
 * controlled one makes of the peer's (§7.3.1.5). Sends nothing: it says which pair is to be checked with USE-CANDIDATE.
 *
 * <p>RFC 8445 §8.1.1: "Once the controlling agent has successfully nominated a candidate pair …, the agent MUST NOT
 * nominate another pair for same component of the data stream within the ICE session." We deviate where the path moves:
 * from a relay to a direct path that is found late, and away from a path that does not work any more. Browsers nominate
 * again and again, so peers follow the last nomination, and so do we; and a peer that does not goes on hearing us,
 * since both pairs are valid.
 */
final class Nomination {
    /**
     * How long the controlling side waits for a better pair than the first valid one. RFC 8445 §8.1.1: "Prior to
     * nominating, the controlling agent lets connectivity checks continue until some stopping criterion is met."
     */
    static final long DELAY_NANOS = 200_000_000L;

    private final CheckList checkList;
    private final Role role;
    /** When the best valid pair is nominated, whatever is still being checked; NEVER while there is no valid one. */
    private long dueNanos = NEVER;
    /** Nominations that the peer has made, those sent again not counted. */
    private long heard;
    /** The one of them that we follow. */
    private long followed;

    Nomination(CheckList checkList, Role role) {
        this.checkList = checkList;
        this.role = role;
    }

    // ---------------------------------------------------------------- the controlling agent

    /**
     * The best valid pair, to be nominated now: at once where no better one is still being checked, else after a short
     * wait. Null where there is nothing to nominate, or yet to wait.
     */
    CandidatePair pick(long now) {
        CandidatePair best = checkList.bestValid(role.isControlling());
        if (best == null || isDecided()) {
            dueNanos = NEVER;
            return null;
        }
        if (dueNanos == NEVER) {
            dueNanos = now + DELAY_NANOS;
        }
        if (!isDue(now) && checkList.hasUnfinishedBetterThan(best, role.isControlling())) {
            return null;
        }
        dueNanos = NEVER;
        best.nominating = true;
        return best;
    }

    /** Whether the wait for a better pair is over. */
    boolean isDue(long now) {
        return ProtocolCore.due(dueNanos, now);
    }

    /** Whether a pair has been nominated, or is about to be. */
    boolean isDecided() {
        assert Steps.count(checkList.pairs().size());
        return checkList.pairs().stream().anyMatch(p -> p.nominated || p.nominating);
    }

    /**
     * Where a lost check made a relay be nominated first: a direct path that was found since, to be nominated now; or
     * null.
     *
     * @param selected the pair that data goes over, or null
     */
    CandidatePair insteadOfRelay(CandidatePair selected) {
        if (!role.isControlling()
                || selected == null
                || !selected.nominated
                || !selected.isRelayed()
                || checkList.pairs().stream().anyMatch(p -> p.nominating)) {
            return null;
        }
        for (CandidatePair p : checkList.pairs()) {
            assert Steps.count();
            if (p.state == State.SUCCEEDED && !p.isRelayed() && !p.nominated) {
                p.nominating = true;
                return p;
            }
        }
        return null;
    }

    /** Data has moved to the pair; whether it is to be nominated now, by which the peer learns of that. */
    boolean moved(CandidatePair pair) {
        if (!role.isControlling() || pair.nominating) {
            return false;
        }
        pair.nominating = true;
        return true;
    }

    /** We have taken the other role: what we were about to nominate, it is not for us to nominate. */
    void roleSwitched() {
        if (!role.isControlling()) {
            stop();
        }
        for (CandidatePair p : checkList.pairs()) {
            assert Steps.count();
            p.nominating = false;
        }
    }

    // ---------------------------------------------------------------- the controlled agent

    /**
     * The peer has checked the pair with USE-CANDIDATE; whether this is news. A check that is sent again, or comes
     * late, must not undo a nomination that was made meanwhile.
     */
    boolean hear(CandidatePair pair, TransactionId transaction) {
        if (transaction.equals(pair.lastNomination)) {
            return false;
        }
        pair.lastNomination = transaction;
        pair.nominationOrder = ++heard;
        return true;
    }

    /**
     * RFC 8445 §7.3.1.5: "If the received Binding request triggered a new check to be enqueued in the triggered-check
     * queue …, once the check is sent and if it generates a successful response, and generates a valid pair, the agent
     * sets the nominated flag of the pair to true."
     */
    void followOnSuccess(CandidatePair pair) {
        if (!role.isControlling()) {
            pair.nominateOnSuccess = true;
        }
    }

    // ---------------------------------------------------------------- either

    /**
     * Whether the success of the check nominates its pair. RFC 8445 §7.2.5.3.4: "If the controlling agent sends a
     * Binding request with the USE-CANDIDATE attribute set, and if the ICE agent receives a successful response to the
     * request, the agent sets the nominated flag of the pair to true."
     */
    boolean isMadeBy(OutgoingCheck check) {
        return role.isControlling() ? check.nominates() : check.pair().nominateOnSuccess;
    }

    /** The pair is nominated; whether it is the one to follow. */
    boolean made(CandidatePair pair) {
        pair.nominated = true;
        pair.nominating = false;
        pair.nominateOnSuccess = false;
        // The peer's last nomination counts: an earlier one whose own check still ran must not take the call back.
        if (!role.isControlling() && pair.nominationOrder < followed) {
            return false;
        }
        followed = pair.nominationOrder;
        return true;
    }

    void failed(CandidatePair pair) {
        pair.nominating = false;
        pair.nominateOnSuccess = false;
    }

    void stop() {
        dueNanos = NEVER;
    }

    long nextTimeoutNanos() {
        return dueNanos;
    }
}
