package dev.jvmrtc;

import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * The first frames of a remote track, or its first packets, which may come before its first sink: media follows the
 * description at once, the {@code track} event when the application's executor has time for it. They are held for a
 * second, since who comes later wants what is played now, and holds nobody back. On the event loop.
 */
final class EarlyFrames<T> {
    static final long HOLD_NANOS = 1_000_000_000L;
    static final int MAX_FRAMES = 256;

    private final EarlyBytes connection;
    private final ToIntFunction<T> length;
    /** Gives back what a frame holds that is not given to a sink. */
    private final Consumer<T> release;

    private final ArrayDeque<T> frames = new ArrayDeque<>();
    private long firstAt;
    private boolean full;
    private boolean over;

    EarlyFrames(EarlyBytes connection, ToIntFunction<T> length) {
        this(connection, length, f -> {});
    }

    EarlyFrames(EarlyBytes connection, ToIntFunction<T> length, Consumer<T> release) {
        this.connection = connection;
        this.length = length;
        this.release = release;
    }

    /** Whether frames are no longer held: there is a sink, or none came in time. */
    boolean isOver() {
        return over;
    }

    /**
     * Takes over a frame that nobody takes yet. What has no room ends the beginning, since video frames after a gap are
     * of no use and those of before are complete.
     */
    void hold(long now, T frame) {
        if (frames.isEmpty() && !full) {
            firstAt = now;
        }
        if (now - firstAt >= HOLD_NANOS) {
            forget();
            release.accept(frame);
        } else if (!full && frames.size() < MAX_FRAMES && connection.take(length.applyAsInt(frame))) {
            frames.add(frame);
        } else {
            full = true;
            release.accept(frame);
        }
    }

    /** There is a sink now: what has been held for less than a second, in order. Nothing is held from now on. */
    List<T> take(long now) {
        if (now - firstAt >= HOLD_NANOS) {
            forget();
            return List.of();
        }
        over = true;
        List<T> all = List.copyOf(frames);
        frames.forEach(f -> connection.giveBack(length.applyAsInt(f)));
        frames.clear();
        return all;
    }

    /** Nobody will come for them. Nothing is held from now on. */
    void forget() {
        over = true;
        for (T f = frames.poll(); f != null; f = frames.poll()) {
            connection.giveBack(length.applyAsInt(f));
            release.accept(f);
        }
    }
}
