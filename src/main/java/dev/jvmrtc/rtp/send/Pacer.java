package dev.jvmrtc.rtp.send;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import java.util.ArrayDeque;

/**
 * The packets of one transport that wait to be sent. A picture's packets leave one after the other at twice the rate
 * that the path is believed to carry, so that a key frame does not overflow the queue of a slow link; sound waits for
 * nothing, and what is sent again goes before what is new. Sans I/O.
 */
public final class Pacer {
    /** Faster than the path's rate, so that a picture that is larger than others is still there before the next one. */
    private static final double FACTOR = 2;
    /**
     * Nothing waits longer than this: where a source makes more than the path is believed to carry, it is the source's
     * rate that counts.
     */
    private static final double MAX_WAIT_SECONDS = 0.5;
    /** What may leave at once, since timers are not finer. */
    private static final long BURST_NANOS = 5_000_000;

    private static final double SECOND = 1e9;
    private static final long WINDOW_NANOS = 500_000_000;

    private final ArrayDeque<QueuedPacket> atOnce = new ArrayDeque<>();
    private final ArrayDeque<QueuedPacket> again = new ArrayDeque<>();
    private final ArrayDeque<QueuedPacket> fresh = new ArrayDeque<>();
    private long queuedBytes;
    private double rate = FACTOR * 300_000;
    /** When what has been sent at the present rate will have left. */
    private long freeNanos;

    private boolean started;
    /** Bytes that came in this window and the one before. */
    private long offered;

    private long offeredBefore;
    private long windowNanos;
    private boolean observing;

    /** Takes a packet to be sent. */
    public void add(QueuedPacket p) {
        if (!p.stream.isPaced()) {
            atOnce.add(p);
            return;
        }
        (p.retransmission ? again : fresh).add(p);
        queuedBytes += p.length;
        offered += p.length;
    }

    /** What the path carries, in bits per second. */
    public void setPathRate(long now, long bitsPerSecond) {
        if (!observing) {
            observing = true;
            windowNanos = now;
        }
        if (now - windowNanos >= WINDOW_NANOS) {
            offeredBefore = now - windowNanos >= 2 * WINDOW_NANOS ? 0 : offered;
            offered = 0;
            windowNanos = now;
        }
        double source = Math.max(offered, offeredBefore) * 8 * SECOND / WINDOW_NANOS;
        rate = Math.max(FACTOR * Math.max(bitsPerSecond, source), queuedBytes * 8 / MAX_WAIT_SECONDS);
    }

    /** The next packet that may leave now, or null. */
    public QueuedPacket poll(long now) {
        QueuedPacket p = atOnce.poll();
        if (p != null) {
            return p;
        }
        if (again.isEmpty() && fresh.isEmpty() || started && freeNanos - now > BURST_NANOS) {
            return null;
        }
        p = again.isEmpty() ? fresh.poll() : again.poll();
        queuedBytes -= p.length;
        freeNanos = (started && freeNanos - now > 0 ? freeNanos : now) + (long) (p.length * 8 * SECOND / rate);
        started = true;
        return p;
    }

    /** When {@link #poll} will give something again. */
    public long nextTimeoutNanos() {
        return again.isEmpty() && fresh.isEmpty() ? NEVER : started ? freeNanos - BURST_NANOS : windowNanos;
    }

    /** How many packets wait. */
    public int size() {
        return atOnce.size() + again.size() + fresh.size();
    }

    /** Forgets what waits, and gives it back to the pool. */
    public void clear(PacketPool pool) {
        for (ArrayDeque<QueuedPacket> q : java.util.List.of(atOnce, again, fresh)) {
            for (QueuedPacket p = q.poll(); p != null; p = q.poll()) {
                if (p instanceof OutgoingPacket o) {
                    pool.release(o);
                }
            }
        }
        queuedBytes = 0;
    }
}
