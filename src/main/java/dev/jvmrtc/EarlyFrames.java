package dev.jvmrtc;

import dev.jvmrtc.media.EncodedFrame;
import java.util.ArrayDeque;
import java.util.List;

/**
 * The first frames of a remote track, which may come before its first taker: media follows the description at once, the {@code track} event when the
 * application's executor has time for it. They are held for a second, since who comes later wants what is played now, and holds nobody back. On the event loop.
 */
final class EarlyFrames {
    static final long HOLD_NANOS = 1_000_000_000L;
    static final int MAX_FRAMES = 256;

    private final EarlyBytes connection;
    private final ArrayDeque<EncodedFrame> frames = new ArrayDeque<>();
    private long firstAt;
    private boolean full;
    private boolean over;

    EarlyFrames(EarlyBytes connection) {
        this.connection = connection;
    }

    /** Whether frames are no longer held: there is a taker, or none came in time. */
    boolean isOver() {
        return over;
    }

    /** Holds a frame that nobody takes yet. What has no room ends the beginning, since pictures after a gap are of no use and those of before are complete. */
    void hold(long now, EncodedFrame frame) {
        if (frames.isEmpty()) {
            firstAt = now;
        }
        if (now - firstAt >= HOLD_NANOS) {
            take(now);
        } else if (!full && frames.size() < MAX_FRAMES && connection.take(frame.data().length)) {
            frames.add(frame);
        } else {
            full = true;
        }
    }

    /** There is a taker now: what has been held for less than a second, in order. Nothing is held from now on. */
    List<EncodedFrame> take(long now) {
        over = true;
        List<EncodedFrame> all = now - firstAt < HOLD_NANOS ? List.copyOf(frames) : List.of();
        frames.forEach(f -> connection.giveBack(f.data().length));
        frames.clear();
        return all;
    }
}
