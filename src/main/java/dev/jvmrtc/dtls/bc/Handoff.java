package dev.jvmrtc.dtls.bc;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where a handshake's thread and the engine's caller, the loop, meet: datagrams one way, flights the other. Neither
 * waits for the other's work: the thread says {@code wakeUp} when it waits for the peer or has ended, and the loop
 * comes for what there is. Without {@code wakeUp} the caller waits instead, so that a simulation sees the same things
 * in the same order every time.
 */
final class Handoff {
    private enum State {
        RUNNING,
        WAITING,
        ENDED
    }

    /** What a handshake hears that is to end: nothing of what it says then leaves. */
    static final class Ended extends IOException {
        private static final long serialVersionUID = 1;

        Ended() {
            super("closed during the handshake");
        }
    }

    /** Guards all but what is volatile. */
    private final ReentrantLock lock = new ReentrantLock();
    /** Something has been given, taken or ended. */
    private final Condition changed = lock.newCondition();
    /** Tells the caller that there is something; null where the caller waits for it. */
    private final Runnable wakeUp;
    /** What the handshake is to take. */
    private final ArrayDeque<byte[]> in = new ArrayDeque<>(1);
    /** What it wants to send. */
    private final ArrayDeque<byte[]> out = new ArrayDeque<>(1);
    /** What the handshake's thread is doing. */
    private State state = State.RUNNING;
    /** Whether the caller wants no more of it. */
    private boolean closed;
    /** Whether the thread was needed elsewhere. */
    private boolean gaveWay;
    /** When it gave way. What comes afterwards, before the thread has ended, is for the next attempt. */
    private boolean hadHeard;

    /** Whether the caller has said that the wait is over. */
    private boolean timeoutFired;
    /** What the handshake waits for the peer; 0 for ever. */
    private int waitMillis;
    /** Whether the caller has not heard of that wait. */
    private boolean newWait;
    /** When the peer was heard last; at first, when it began. */
    private volatile long heardNanos;
    /** Whether the peer was heard at all. */
    private volatile boolean heard;

    /** @param wakeUp called by the handshake's thread; or null, where the caller waits for it */
    Handoff(long now, Runnable wakeUp) {
        this.wakeUp = wakeUp;
        this.heardNanos = now;
    }

    // ---------------------------------------------------------------- the caller

    /**
     * Hands datagrams over, and lets the handshake go on; without any, it goes on waiting: to be woken for nothing
     * would make it send its flight again.
     */
    void give(long now, Queue<byte[]> datagrams) {
        lock.lock();
        try {
            if (datagrams.isEmpty()) {
                settle();
                return;
            }
            heardNanos = now;
            heard = true;
            in.addAll(datagrams);
            goOn();
        } finally {
            lock.unlock();
        }
    }

    /** Lets the handshake believe that its wait is over, so that it sends its flight again. */
    void fireTimeout() {
        lock.lock();
        try {
            timeoutFired = true;
            goOn();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the handshake, as soon as it waits for its peer. */
    void close() {
        lock.lock();
        try {
            closed = true;
            goOn();
        } finally {
            lock.unlock();
        }
    }

    /** The same for the sake of another one, from any thread; false where it does not wait for its peer. */
    boolean giveWay() {
        lock.lock();
        try {
            if (state != State.WAITING) {
                return false;
            }
            gaveWay = true;
            hadHeard = heard;
            goOn();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void goOn() {
        if (state == State.WAITING) {
            state = State.RUNNING;
            changed.signalAll();
        }
        settle();
    }

    private void settle() {
        while (wakeUp == null && state == State.RUNNING) {
            changed.awaitUninterruptibly();
        }
    }

    /** Moves what is to be sent to {@code flight}. */
    void takeFlight(Queue<byte[]> flight) {
        lock.lock();
        try {
            flight.addAll(out);
            out.clear();
        } finally {
            lock.unlock();
        }
    }

    /**
     * How long the handshake wants to wait for its peer, in milliseconds, 0 for ever; once for each wait, −1 otherwise.
     */
    int takeWait() {
        lock.lock();
        try {
            boolean fresh = newWait && state == State.WAITING;
            newWait = false;
            return fresh ? waitMillis : -1;
        } finally {
            lock.unlock();
        }
    }

    boolean isWaiting() {
        lock.lock();
        try {
            return state == State.WAITING;
        } finally {
            lock.unlock();
        }
    }

    /** Whether all is over; what the thread has done before can be seen then. */
    boolean hasEnded() {
        lock.lock();
        try {
            return state == State.ENDED;
        } finally {
            lock.unlock();
        }
    }

    boolean hasGivenWay() {
        lock.lock();
        try {
            return gaveWay;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it has given way before its peer had said a word. */
    boolean hasGivenWayUnheard() {
        lock.lock();
        try {
            return gaveWay && !hadHeard;
        } finally {
            lock.unlock();
        }
    }

    /** Datagrams that the handshake has not taken. */
    int waiting() {
        lock.lock();
        try {
            return in.size();
        } finally {
            lock.unlock();
        }
    }

    /** The same datagrams, which are the caller's then. */
    void takeLeft(Queue<byte[]> left) {
        lock.lock();
        try {
            left.addAll(in);
            in.clear();
        } finally {
            lock.unlock();
        }
    }

    long heardNanos() {
        return heardNanos;
    }

    boolean hasHeard() {
        return heard;
    }

    // ---------------------------------------------------------------- the handshake's thread

    /** The next datagram, or null after the time is over. */
    byte[] receive(int millis) throws Ended {
        lock.lock();
        try {
            if (closed || gaveWay) {
                throw new Ended();
            }
            if (in.isEmpty()) {
                if (timeoutFired && millis != 0 && millis <= waitMillis) {
                    // Bouncy Castle reads its own clock and asks again, for less and less, until that has caught up
                    // with ours.
                    waitMillis = millis;
                } else {
                    // A longer wait than the last one says that it has noticed the timeout, and has resent its flight
                    // if it had any.
                    timeoutFired = false;
                    park(millis);
                    return in.poll();
                }
            } else {
                return in.poll();
            }
        } finally {
            lock.unlock();
        }
        LockSupport.parkNanos(200_000);
        return null;
    }

    private void park(int millis) throws Ended {
        waitMillis = millis;
        newWait = true;
        state = State.WAITING;
        changed.signalAll();
        if (wakeUp != null) {
            wakeUp.run(); // only puts a command into a queue, or so: nothing that comes back here
        }
        while (state == State.WAITING) {
            changed.awaitUninterruptibly();
        }
        if (closed || gaveWay) {
            throw new Ended();
        }
    }

    void send(byte[] record) {
        lock.lock();
        try {
            timeoutFired = false;
            if (!closed && !gaveWay) {
                out.add(record);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Last thing. */
    void end() {
        lock.lock();
        try {
            state = State.ENDED;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (wakeUp != null) {
            wakeUp.run();
        }
    }
}
