package dev.jvmrtc;

import dev.jvmrtc.engine.SessionDriver;
import dev.jvmrtc.session.PeerSession;
import dev.jvmrtc.task.ApiFuture;
import dev.jvmrtc.task.TaskQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ObjLongConsumer;

/**
 * What a source has pushed and the loop has not taken yet. Bounded: what does not fit is dropped and counted, a picture
 * begins anew, and who asks is told when there is room again. Any thread may call any method; none blocks.
 */
final class SendQueue {
    /** Frames or packets that may wait for the loop. */
    static final int MAX_QUEUED = 512;

    private final SessionDriver driver;
    private final TaskQueue tasks;
    private final int mediaId;
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();
    private volatile ApiFuture<Void> room;
    private volatile boolean ended;

    SendQueue(SessionDriver driver, TaskQueue tasks, int mediaId) {
        this.driver = driver;
        this.tasks = tasks;
        this.mediaId = mediaId;
    }

    /**
     * Hands media to the loop; false where it is dropped, because the loop does not keep up with the source, or nothing
     * is sent any more.
     */
    boolean offer(ObjLongConsumer<PeerSession> send) {
        if (ended) {
            return false;
        }
        if (queued.incrementAndGet() > MAX_QUEUED) {
            queued.decrementAndGet();
            dropped.incrementAndGet();
            return false;
        }
        driver.command((session, now) -> {
            taken();
            send.accept(session, now);
            long lost = dropped.getAndSet(0);
            if (lost > 0) {
                session.media().mediaDropped(now, mediaId, lost);
            }
        });
        return true;
    }

    private void taken() {
        if (queued.decrementAndGet() <= MAX_QUEUED / 2 && room != null) {
            settle();
        }
    }

    /**
     * Null where the next frame or packet would be taken; else what completes, on the connection's executor, when half
     * of what waits is gone, or nothing more will be sent.
     */
    CompletableFuture<Void> room() {
        if (queued.get() < MAX_QUEUED || ended) {
            return null;
        }
        ApiFuture<Void> f;
        synchronized (this) {
            if (room == null) {
                room = new ApiFuture<>(tasks);
            }
            f = room;
        }
        // The loop may have taken all of it meanwhile, and looked before there was anybody to tell.
        if (queued.get() <= MAX_QUEUED / 2 || ended) {
            settle();
        }
        return f;
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
        ended = true;
        settle();
    }
}
