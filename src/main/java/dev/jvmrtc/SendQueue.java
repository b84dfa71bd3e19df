package dev.jvmrtc;

import dev.jvmrtc.engine.SessionDriver;
import dev.jvmrtc.session.PeerSession;
import dev.jvmrtc.task.ApiFuture;
import dev.jvmrtc.task.TaskQueue;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.function.ObjLongConsumer;

/**
 * What a source has pushed and the loop has not taken yet. Bounded: what does not fit is dropped and counted, video
 * begins anew, and who asks is told when there is room again. Any thread may call any method; none waits for the loop.
 */
final class SendQueue {
    /** Frames or packets that may wait for the loop. */
    static final int MAX_QUEUED = 512;

    /** Packets waited for at once most often: so many objects that hold them are used again. */
    private static final int MAX_IDLE = 16;

    /** One of them: a frame, or an RTP packet. */
    private static final class Waiting {
        /** Sends the frame; null for a packet. */
        ObjLongConsumer<PeerSession> frame;
        /** The packet, retained; null for a frame. */
        ByteBuf packet;
        /** The number of the last packet before this one that was dropped, or −1. */
        int skipped;

        void send(PeerSession session, long now, int mediaId) {
            if (packet == null) {
                frame.accept(session, now);
            } else {
                session.media().sendRtp(now, mediaId, packet, skipped);
            }
        }
    }

    private final TaskQueue tasks;
    private final int mediaId;
    private final SessionDriver.Command take;
    /** The oldest first. Guarded by this, as all below. */
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    /** To be used again. */
    private final ArrayDeque<Waiting> idle = new ArrayDeque<>();
    /** Whether the loop has been asked to take what waits, and has not begun. */
    private boolean asked;
    /** Dropped since the loop was last told. */
    private long dropped;
    /** Completes when there is room; null while nobody waits for that. */
    private ApiFuture<Void> room;
    /** Nothing is taken any more. */
    private boolean ended;

    SendQueue(SessionDriver driver, TaskQueue tasks, int mediaId) {
        this.tasks = tasks;
        this.mediaId = mediaId;
        this.take = driver.prepare(this::takeAll, this::releaseAll);
    }

    /**
     * Hands a frame to the loop; false where it is dropped, because the loop does not keep up with the source, or
     * nothing is sent any more.
     */
    boolean offer(ObjLongConsumer<PeerSession> send) {
        return offer(send, null, -1);
    }

    /**
     * Hands an RTP packet to the loop; false as above.
     *
     * @param packet stays the caller's, and is retained until it has been sent
     * @param skipped as for {@code MediaSession.sendRtp}
     */
    boolean offer(ByteBuf packet, int skipped) {
        return offer(null, packet, skipped);
    }

    private synchronized boolean offer(ObjLongConsumer<PeerSession> frame, ByteBuf packet, int skipped) {
        if (ended) {
            return false;
        }
        if (waiting.size() >= MAX_QUEUED) {
            dropped++;
            return false;
        }
        Waiting w = idle.isEmpty() ? new Waiting() : idle.poll();
        w.frame = frame;
        w.packet = packet;
        w.skipped = skipped;
        waiting.add(w);
        if (packet != null) {
            packet.retain();
        }
        if (!asked) {
            take.give(); // where that throws, the next one tries again
            asked = true;
        }
        return true;
    }

    /** On the loop. */
    private void takeAll(PeerSession session, long now) {
        boolean done = false;
        try {
            // What is offered from now on has a command of its own: others of the loop have their turn before.
            for (int left = begin(); left > 0; left--) {
                Waiting w = next();
                if (w == null) {
                    break;
                }
                try {
                    w.send(session, now, mediaId);
                } finally {
                    release(w);
                }
                long lost = takeDropped();
                if (lost > 0) {
                    session.media().mediaDropped(now, mediaId, lost);
                }
            }
            done = true;
        } finally {
            if (!done) {
                releaseAll(); // the session fails, and takes nothing any more
            }
        }
    }

    /** Gives back how many wait. */
    private synchronized int begin() {
        asked = false;
        return waiting.size();
    }

    private Waiting next() {
        Waiting w;
        boolean roomy;
        synchronized (this) {
            w = waiting.poll();
            roomy = room != null && waiting.size() <= MAX_QUEUED / 2;
        }
        if (roomy) {
            settle();
        }
        return w;
    }

    private synchronized long takeDropped() {
        long lost = dropped;
        dropped = 0;
        return lost;
    }

    /** The session has ended. */
    private void releaseAll() {
        begin();
        for (Waiting w = next(); w != null; w = next()) {
            release(w);
        }
    }

    /** It has been sent, or will not be. */
    private void release(Waiting w) {
        ByteBuf packet = w.packet;
        w.frame = null;
        w.packet = null;
        synchronized (this) {
            if (idle.size() < MAX_IDLE) {
                idle.add(w);
            }
        }
        if (packet != null) {
            packet.release();
        }
    }

    /**
     * Null where the next frame or packet would be taken; else what completes, on the connection's executor, when half
     * of what waits is gone, or nothing more will be sent.
     */
    synchronized CompletableFuture<Void> room() {
        if (waiting.size() < MAX_QUEUED || ended) {
            return null;
        }
        if (room == null) {
            room = new ApiFuture<>(tasks);
        }
        return room;
    }

    private void settle() {
        ApiFuture<Void> f;
        synchronized (this) {
            f = room;
            room = null;
        }
        if (f != null) {
            tasks.postSettlement(() -> f.settle(null));
        }
    }

    /** Nothing is sent any more, as the track has been replaced, or the session has ended: nobody has to wait. */
    void end() {
        synchronized (this) {
            ended = true;
        }
        settle();
    }
}
