package dev.jvmrtc.dtls.bc;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets a blocking handshake look synchronous: exactly one of two parties runs at a time, the loop or the handshake's thread. The loop resumes the
 * handshake and waits until it has parked again or ended; so all state of the engine needs no other lock.
 */
final class Rendezvous {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition turned = lock.newCondition();
    private boolean handshakeRuns;
    private boolean ended;
    private int waitMillis;

    /** Loop: lets the handshake run until it parks or ends. The thread must have been started by the caller. */
    void resume() {
        lock.lock();
        try {
            if (ended) {
                return;
            }
            handshakeRuns = true;
            turned.signalAll();
            while (handshakeRuns) {
                turned.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Handshake thread, first thing: waits for its first turn. */
    void begin() {
        lock.lock();
        try {
            while (!handshakeRuns) {
                turned.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Handshake thread: gives the turn back and waits for the next one. */
    void park(int millis) {
        lock.lock();
        try {
            waitMillis = millis;
            handshakeRuns = false;
            turned.signalAll();
            while (!handshakeRuns) {
                turned.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Handshake thread, last thing. */
    void end() {
        lock.lock();
        try {
            ended = true;
            handshakeRuns = false;
            turned.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean hasEnded() {
        return ended;
    }

    /** What the parked {@code receive} was asked to wait, in milliseconds; 0 means for ever. */
    int waitMillis() {
        return waitMillis;
    }
}
