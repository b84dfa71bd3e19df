package dev.jvmrtc.ice;

import static dev.jvmrtc.core.ProtocolCore.soonest;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.ice.CandidatePair.State;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.TransactionId;
import dev.jvmrtc.wire.MalformedException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * The checks of an agent and what comes of them (RFC 8445 §6.1.4.2, §7.2.5, §7.3.1.4): each pair is checked in its
 * turn, answers tell which pairs work, {@link Nomination} says which of these is to be nominated, and
 * {@link SelectedPath} takes the one that data goes over.
 */
final class ConnectivityChecks {
    /**
     * Checks sent from one address to one that has never answered any, the repeated ones counted. Its own checks call
     * for ours (RFC 8445 §7.3.1.4), but where they come from, its sender chooses: who never answers has not asked for
     * them.
     */
    static final int MAX_UNANSWERED = 56;

    private static final String UNASKED = "STUN response to nothing we asked";

    /** A lite agent checks nothing, and learns from the peer's checks. */
    private final boolean lite;

    private final Role role;
    private final Gathering gathering;
    private final RemoteCandidates remoteCandidates;
    private final TcpStreams streams;
    /** Sends the checks. */
    private final Checker checker;
    /** Its pairs. */
    private final CheckList checkList;

    private final PeerReflexive peerReflexive;
    private final Nomination nomination;
    private final SelectedPath path;
    private final Connectivity connectivity;
    private final Counters drops;
    /** Whether the peer has said that it has no more candidates. */
    private boolean remoteComplete;

    ConnectivityChecks(
            boolean lite,
            Role role,
            Gathering gathering,
            RemoteCandidates remoteCandidates,
            TcpStreams streams,
            Checker checker,
            SelectedPath path,
            Connectivity connectivity,
            Counters drops) {
        this.lite = lite;
        this.role = role;
        this.gathering = gathering;
        this.remoteCandidates = remoteCandidates;
        this.streams = streams;
        this.checker = checker;
        this.checkList = checker.checkList();
        this.peerReflexive = new PeerReflexive(gathering, remoteCandidates, checkList, role, drops);
        this.nomination = new Nomination(checkList, role);
        this.path = path;
        this.connectivity = connectivity;
        this.drops = drops;
    }

    /** Other credentials, of ours or of the peer's, for the checks to come. */
    void setGeneration(Generation changed) {
        checker.setGeneration(changed);
    }

    /** ICE restarts: all pairs are forgotten. */
    void restart(Generation begins) {
        checker.restart(begins);
        remoteComplete = false;
        nomination.stop();
    }

    void close() {
        checkList.clear();
        checker.stop();
        nomination.stop();
    }

    // ---------------------------------------------------------------- pairs

    /** Pairs an address of ours with all candidates of the peer. */
    void addBase(long now, LocalBase b) {
        for (Candidate c : remoteCandidates.all()) {
            assert Steps.count();
            checkList.form(b.address(), b.candidate(), c.address(), c, role.isControlling());
        }
        schedule(now);
    }

    /** Pairs a candidate of the peer with all our addresses. */
    void addRemote(long now, Candidate candidate) {
        InetSocketAddress address = candidate.address();
        for (CandidatePair p : checkList.pairs()) {
            assert Steps.count();
            if (p.isTcp() == candidate.isTcp() && p.remoteAddress.equals(address)) {
                p.remote = candidate;
            }
        }
        for (LocalBase b : gathering.bases()) {
            checkList.form(b.address(), b.candidate(), address, candidate, role.isControlling());
        }
        schedule(now);
    }

    /** RFC 8838 §14: the peer has no more. */
    void remoteComplete() {
        remoteComplete = true;
        maybeCompleted();
    }

    /** An address of ours is gone, and its pairs have failed. */
    void removeBase(long now, LocalBase gone) {
        for (CandidatePair p : checkList.pairs()) {
            assert Steps.count();
            if (isFrom(p, gone)) {
                p.nominated = false;
                failed(now, p, "our address is gone");
            }
        }
        if (path.pair() != null && isFrom(path.pair(), gone)) {
            leavePath(now);
        }
    }

    private static boolean isFrom(CandidatePair p, LocalBase b) {
        return p.isTcp() == b.candidate().isTcp() && p.base.equals(b.address());
    }

    // ---------------------------------------------------------------- sending

    /** Something is to be checked, or may be soon. */
    void schedule(long now) {
        if (connectivity.isOver()) {
            return;
        }
        if (checker.generation().isPeerKnown()) {
            connectivity.searching(now, !checkList.pairs().isEmpty(), path.pair() != null);
        }
        checker.schedule(now);
    }

    private void send(long now, CandidatePair pair) {
        if (!checker.send(now, pair)) {
            failed(now, pair, "no TCP stream");
        }
    }

    private void sendIfAny(long now, CandidatePair pair) {
        if (pair != null) {
            send(now, pair);
        }
    }

    /** A stream that we have asked for is open. */
    void streamOpened(long now, int streamId) {
        Route route = streams.route(streamId);
        CandidatePair pair = route == null ? null : checkList.find(route);
        if (pair == null) {
            streams.close(streamId);
        } else {
            send(now, pair);
        }
    }

    /**
     * A stream could not be opened, or has ended. Where one that worked breaks, whoever opened it opens another; RFC
     * 6544 leaves that open, and the listener could not.
     */
    void streamClosed(long now, int streamId, String why) {
        Route route = streams.route(streamId);
        streams.closed(streamId);
        CandidatePair pair = route == null ? null : checkList.find(route);
        if (pair == null) {
            if (path.stream() == streamId && streamId != 0) { // of the generation before
                path.pair().stream = 0;
                leavePath(now);
            }
            return;
        }
        boolean worked = pair.state == State.SUCCEEDED;
        boolean wasNominated = pair.nominated;
        pair.nominated = false;
        failed(now, pair, why);
        if (worked && pair.local.isActiveTcp()) {
            pair.nominating = wasNominated && role.isControlling();
            checker.trigger(pair);
            schedule(now);
        }
        if (pair == path.pair()) {
            leavePath(now);
        }
    }

    // ---------------------------------------------------------------- the peer's checks

    /** RFC 8445 §7.3.1.3–5: learn a peer-reflexive candidate, check the pair in return, obey USE-CANDIDATE. */
    void requested(long now, IncomingChecks.Check check) {
        CandidatePair pair = checkList.find(check.route());
        if (pair == null) {
            pair = peerReflexive.pairOf(check);
            if (pair == null) {
                return;
            }
        }
        pair.requestsReceived++;
        pair.responsesSent++;
        boolean nominated = check.nomination() != null && nomination.hear(pair, check.nomination());
        if (lite) {
            requestedLite(now, pair);
        }
        if (pair.state == State.SUCCEEDED) {
            if (nominated && !role.isControlling()) {
                // RFC 8445 §7.3.1.5: "If the state of this pair is Succeeded, … The agent sets the nominated flag value
                // of the valid pair to true."
                nominate(now, pair);
            } else if (!lite && !role.isControlling() && pair == path.pair() && pair.requestsReceived == 1) {
                // Our check was answered before the peer had asked anything. Pion nominates when it hears of us on a
                // pair of which it knows that it works, or else with its next tick, 200 ms later: so it is asked once
                // more as soon as it has our answer.
                path.hurry(now);
            }
            return;
        }
        if (nominated) {
            nomination.followOnSuccess(pair);
        }
        checkInReturn(now, pair);
    }

    private void checkInReturn(long now, CandidatePair pair) {
        if (pair.responsesReceived == 0 && pair.requestsSent >= MAX_UNANSWERED) {
            drops.count("check from an address that answers none of ours");
            return;
        }
        if (pair.state == State.FAILED || pair.state == State.WAITING) {
            // RFC 8445 §7.3.1.4: "If the state of that pair is Waiting, Frozen, or Failed, the agent MUST enqueue the
            // pair in the triggered checklist associated with the checklist (if not already present), and set the state
            // of the pair to Waiting".
            checker.trigger(pair);
        } else if (!pair.isTcp()) {
            // RFC 8445 §7.3.1.4: "If the state of that pair is In-Progress, the agent cancels the In-Progress
            // transaction. … In addition, the agent MUST enqueue the pair in the triggered checklist". Ours may have
            // come before the peer knew of us, and this says that it does now. Over TCP nothing is lost.
            checker.checkAnew(pair);
        }
        schedule(now);
    }

    /**
     * RFC 8445 §6.1.1: a lite agent takes the peer's check for proof that the pair works, and its going on for consent.
     */
    private void requestedLite(long now, CandidatePair pair) {
        pair.state = State.SUCCEEDED;
        if (connectivity.isOver()) {
            return;
        }
        if (path.pair() == null || !isPathCurrent()) {
            path.select(now, pair, checker.generation());
        } else if (pair == path.pair()) {
            consented(now);
        }
    }

    /** A lite agent has heard the peer on the selected pair. */
    void consented(long now) {
        if (path.consented(now)) {
            maybeCompleted();
        }
    }

    /** We have taken the other role. */
    void roleSwitched() {
        nomination.roleSwitched();
    }

    // ---------------------------------------------------------------- answers to ours

    /** Whether the message answers a check or a question after consent, and comes from the peer; else counted. */
    boolean isAuthentic(Route route, StunMessage m) {
        OutgoingCheck check = checker.find(m.transactionId());
        if (check == null) {
            boolean fromPeer = path.isOn(route)
                    && m.messageClass() == StunClass.SUCCESS_RESPONSE
                    && m.hasIntegrity(path.generation().remote().key());
            if (!fromPeer) {
                drops.count(UNASKED);
            }
            return fromPeer;
        }
        // RFC 8445 §7.2.5.2.1: "the source and destination transport addresses … are not symmetric" fails the check; we
        // drop and wait for the real one.
        if (!check.pair().isOn(route)) {
            drops.count("STUN response from an address that was not asked");
            return false;
        }
        if (!m.hasIntegrity(checker.generation().remote().key())) {
            drops.count("STUN response with wrong integrity");
            return false;
        }
        return true;
    }

    /** Takes an authentic answer. */
    void answered(long now, StunMessage m) throws MalformedException {
        OutgoingCheck check = checker.find(m.transactionId());
        if (check == null) {
            consentAnswered(now, m.transactionId());
            return;
        }
        CandidatePair pair = check.pair();
        checker.answered(pair);
        if (m.messageClass() == StunClass.SUCCESS_RESPONSE) {
            if (!pair.nominating || check.nominates()) {
                checkList.untrigger(pair);
            }
            succeeded(now, check, m.mappedAddress());
        } else if (m.errorCode() == 487) {
            if (role.refused(check.controlling())) {
                nomination.roleSwitched();
            }
            pair.nominating = false;
            // RFC 8445 §7.2.5.1: "the agent MUST add the candidate pair whose check generated the 487 error response to
            // the triggered-check queue …, and set the candidate pair state to Waiting."
            checker.trigger(pair);
            schedule(now);
        } else {
            failed(now, pair, "refused with " + m.errorCode() + " " + m.errorReason());
        }
    }

    private void consentAnswered(long now, TransactionId id) {
        if (!path.answered(now, id)) {
            drops.count(UNASKED);
        } else if (path.heard()) {
            maybeCompleted();
        }
    }

    private void succeeded(long now, OutgoingCheck check, InetSocketAddress mapped) {
        CandidatePair pair = check.pair();
        pair.answered(check.transaction().ageNanos(now), check.transaction().measuresRoundTrip());
        pair.state = State.SUCCEEDED;
        peerReflexive.learnLocal(pair, mapped);
        if (nomination.isMadeBy(check)) {
            nominate(now, pair);
            return;
        }
        boolean isElsewhereAndDead = path.pair() != pair && path.isDead();
        if (isElsewhereAndDead) {
            path.pair().nominated = false; // the path has moved; the peer is told by a nomination
        }
        if (path.pair() == null
                || !isPathCurrent()
                || isElsewhereAndDead
                || path.pair() == pair && connectivity.is(IceState.DISCONNECTED)) {
            // RFC 8445 §12.1: data may flow over any valid pair before nomination.
            path.select(now, pair, checker.generation());
        }
        if (role.isControlling() && !nomination.isDecided()) {
            sendIfAny(now, nomination.pick(now));
        } else if (role.isControlling() && pair != path.pair() && path.pair().nominated) {
            path.hurry(now); // the peer may have moved: whether it still answers where it was is asked at once
        }
        sendIfAny(now, nomination.insteadOfRelay(path.pair()));
        maybeCompleted();
    }

    private void nominate(long now, CandidatePair pair) {
        if (nomination.made(pair)) {
            path.select(now, pair, checker.generation());
            gathering.stopKeepalives();
            sendIfAny(now, nomination.insteadOfRelay(path.pair()));
            maybeCompleted();
        }
    }

    private void failed(long now, CandidatePair pair, String why) {
        checker.failed(pair, why);
        nomination.failed(pair);
        if (role.isControlling() && path.pair() != null && pair != path.pair()) {
            sendIfAny(now, nomination.pick(now));
        }
        maybeCompleted();
    }

    /** Whether data goes over a pair of the present generation. */
    boolean isPathCurrent() {
        assert Steps.count(checkList.pairs().size());
        return checkList.pairs().contains(path.pair());
    }

    /** All that can be known is known: ICE is completed where a pair is nominated and nothing is left to check. */
    void maybeCompleted() {
        CandidatePair selected = path.pair();
        if (connectivity.is(IceState.CONNECTED)
                && selected != null
                && selected.nominated
                && isPathCurrent()
                && remoteComplete
                && gathering.isComplete()
                && !checkList.hasUnfinished()) {
            connectivity.completed();
        }
    }

    // ---------------------------------------------------------------- the path

    /** The selected pair is of no use any more: another valid one takes over, if there is one. */
    private void leavePath(long now) {
        CandidatePair other = checkList.bestValid(role.isControlling());
        if (other != null) {
            path.select(now, other, checker.generation());
            if (nomination.moved(other)) {
                send(now, other);
            }
        } else if (connectivity.isUp()) {
            path.lose(now);
        }
    }

    /**
     * The selected pair has fallen silent: whatever worked besides it is checked again, and the first that answers
     * takes over.
     */
    private void tryOthers(long now) {
        if (lite) {
            return;
        }
        for (CandidatePair p : checkList.pairs()) {
            assert Steps.count();
            if (p != path.pair() && p.state == State.SUCCEEDED) {
                checker.trigger(p);
            }
        }
        schedule(now);
    }

    /** No path is looked for any more. */
    void fail() {
        path.drop();
        checker.stop();
        for (CandidatePair p : checkList.pairs()) {
            assert Steps.count();
            p.stream = 0;
            p.failure = p.state == State.FAILED ? p.failure : whyGivenUp(p);
            p.state = State.FAILED;
        }
        streams.closeAll();
        nomination.stop();
        connectivity.failed();
    }

    private static String whyGivenUp(CandidatePair p) {
        if (p.responsesReceived > 0) {
            return "no consent any more";
        }
        return p.requestsSent > 0 ? "unanswered" : "not tried";
    }

    // ---------------------------------------------------------------- time

    void handleTimeout(long now) {
        if (checker.isDue(now)) {
            CandidatePair pair = checker.next();
            if (pair != null) {
                send(now, pair);
                checker.performed(now);
            }
        }
        List<CandidatePair> unanswered = checker.unanswered(now);
        if (!unanswered.isEmpty()) {
            unanswered.forEach(pair -> failed(now, pair, "unanswered"));
        }
        if (nomination.isDue(now)) {
            sendIfAny(now, nomination.pick(now));
        }
        handleConsentTimeout(now);
    }

    private void handleConsentTimeout(long now) {
        if (path.isConsentExpired(now)) {
            if (path.isOld()) {
                path.dropOld();
            } else {
                fail();
            }
            return;
        }
        if (path.hasFallenSilent(now)) {
            path.lose(now);
            tryOthers(now);
        }
        if (!path.isQuestionDue(now)) {
            return;
        }
        if (lite || path.isBroken()) {
            path.notAsked(now);
        } else {
            path.asked(checker.sendConsent(path.pair(), path.generation()), now);
        }
    }

    long nextTimeoutNanos() {
        return soonest(soonest(checker.nextTimeoutNanos(), nomination.nextTimeoutNanos()), path.nextTimeoutNanos());
    }
}
