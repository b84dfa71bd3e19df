package dev.jvmrtc.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes are on their way from a shared port to another loop: a flood for one connection, faster than its loop
 * can take it, must neither fill the memory nor keep others of the loop waiting for long. The operating system bounds
 * the same for sockets of their own.
 */
final class HandOver {
    /** For one connection, with what the objects take. */
    static final int MAX_OF_CONNECTION = 512 << 10;
    /** For all connections of one loop. */
    static final int MAX_OF_LOOP = 4 << 20;
    /** What a datagram takes beside its bytes: an array, its record, and the addresses that it shares with none. */
    private static final int OVERHEAD = 160;

    private final AtomicLong ofLoop;
    private final AtomicLong ofConnection = new AtomicLong();

    /** @param ofLoop the bytes on their way to the connection's loop */
    HandOver(AtomicLong ofLoop) {
        this.ofLoop = ofLoop;
    }

    static int cost(int length) {
        return OVERHEAD + length;
    }

    /** Whether there is room for a datagram; then it counts until it is {@linkplain #taken}. */
    boolean reserve(int length) {
        int cost = cost(length);
        if (ofConnection.get() + cost > MAX_OF_CONNECTION || ofLoop.get() + cost > MAX_OF_LOOP) {
            return false;
        }
        ofConnection.addAndGet(cost);
        ofLoop.addAndGet(cost);
        return true;
    }

    /** The other loop has taken a datagram. */
    void taken(int length) {
        int cost = cost(length);
        ofConnection.addAndGet(-cost);
        ofLoop.addAndGet(-cost);
    }
}
