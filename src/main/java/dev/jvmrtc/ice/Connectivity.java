package dev.jvmrtc.ice;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.ProtocolCore;
import java.util.Queue;

/**
 * The agent's state as its user sees it (webrtc-pc §5.6.4), and how long a path may be missing before the user hears
 * that a restart is needed, or that ICE has failed.
 */
final class Connectivity {
    /** RFC 8863 §4: how long an agent waits for a first valid pair before it may give up. */
    private static final long PATIENCE_NANOS = 39_500_000_000L;
    /** A path that was lost has so long to come back, or to be replaced by another, before a restart is called for. */
    private static final long RESTART_AFTER_NANOS = 4_000_000_000L;

    private final Queue<IceEvent> events;
    /** What the user has been told. */
    private IceState state = IceState.NEW;
    /** When the search for a first path is given up; NEVER while there is a path, or none is looked for. */
    private long patienceUntilNanos = NEVER;
    /** When the user hears that a restart is needed; NEVER where that is not to be said, or has been. */
    private long restartNeededAtNanos = NEVER;

    Connectivity(Queue<IceEvent> events) {
        this.events = events;
    }

    IceState state() {
        return state;
    }

    boolean is(IceState asked) {
        return state == asked;
    }

    /** Whether there is a path, as far as we know. */
    boolean isUp() {
        return state == IceState.CONNECTED || state == IceState.COMPLETED;
    }

    /** Whether nothing is tried any more, before a restart at least. */
    boolean isOver() {
        return state == IceState.FAILED || state == IceState.CLOSED;
    }

    /** The peer is known, and a pair is looked for. */
    void searching(long now, boolean anyPair, boolean selected) {
        if (anyPair && state == IceState.NEW) {
            set(IceState.CHECKING);
        }
        if (!selected && patienceUntilNanos == NEVER && (state == IceState.CHECKING || state == IceState.NEW)) {
            patienceUntilNanos = now + PATIENCE_NANOS;
        }
    }

    /** A pair has been selected. */
    void found() {
        patienceUntilNanos = NEVER;
        if (state != IceState.COMPLETED) {
            set(IceState.CONNECTED);
        }
    }

    /**
     * The path is lost: ICE has failed when consent has expired, unless the path comes back, another is found, or ICE
     * restarts before.
     */
    void lost(long now) {
        set(IceState.DISCONNECTED);
        restartNeededAtNanos = now + RESTART_AFTER_NANOS;
    }

    /**
     * ICE restarts, and the path of the generation before does not work any more. webrtc-pc §5.6.4, checking: "has
     * either not yet found a connection or consent checks have failed on all previously successful candidate pairs". A
     * restart, which would be needed otherwise, is under way.
     */
    void oldPathLost() {
        if (isUp()) {
            set(IceState.CHECKING);
        }
    }

    /**
     * ICE restarts, and the path of the generation before works, again or still. webrtc-pc §5.6.4, connected: "has
     * found a usable connection, but is still checking other candidate pairs to see if there is a better connection".
     */
    void oldPathWorks() {
        if (state == IceState.CHECKING) {
            set(IceState.CONNECTED);
        }
    }

    void completed() {
        set(IceState.COMPLETED);
    }

    /** No path is left, and none is looked for. */
    void failed() {
        boolean told = state == IceState.FAILED || state == IceState.DISCONNECTED && restartNeededAtNanos == NEVER;
        set(IceState.FAILED);
        if (!told) {
            events.add(new IceEvent.RestartNeeded());
        }
    }

    void closed() {
        set(IceState.CLOSED);
    }

    /** ICE restarts. */
    void restarted(long now) {
        patienceUntilNanos = NEVER;
        // webrtc-pc §5.6.4: a restart causes "a transition to connected if begun in the completed state. If begun in
        // the transient disconnected state,
        // it causes a transition to checking".
        if (state == IceState.COMPLETED) {
            set(IceState.CONNECTED);
        } else if (state == IceState.DISCONNECTED || state == IceState.FAILED) {
            set(IceState.CHECKING);
        }
        if (state != IceState.NEW && state != IceState.CLOSED) {
            patienceUntilNanos = now + PATIENCE_NANOS;
        }
    }

    private void set(IceState newState) {
        if (state != newState) {
            state = newState;
            restartNeededAtNanos = NEVER;
            events.add(new IceEvent.StateChanged(newState));
        }
    }

    /**
     * Says where it is time that a restart is needed; returns whether patience with the search is over. It is not while
     * the path of the generation before works: webrtc-pc §5.6.4 calls failed where "all pairs have either failed
     * connectivity checks or have lost consent".
     *
     * @param onOldPath whether there is none but that path
     */
    boolean handleTimeout(long now, boolean onOldPath) {
        if (ProtocolCore.due(restartNeededAtNanos, now)) {
            restartNeededAtNanos = NEVER;
            events.add(new IceEvent.RestartNeeded());
        }
        if (ProtocolCore.due(patienceUntilNanos, now)) {
            boolean works = onOldPath && isUp();
            patienceUntilNanos = works ? now + PATIENCE_NANOS : NEVER;
            return !works;
        }
        return false;
    }

    long nextTimeoutNanos() {
        return ProtocolCore.soonest(restartNeededAtNanos, patienceUntilNanos);
    }
}
