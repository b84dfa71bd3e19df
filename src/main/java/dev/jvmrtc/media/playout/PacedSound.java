package dev.jvmrtc.media.playout;

import dev.jvmrtc.media.frame.AudioFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Gives out sound as fast as it plays, however fast it comes: what a speech synthesizer has made in a moment, and what
 * a microphone makes in real time. Sans I/O; under one lock.
 */
public final class PacedSound {
    /** Who waits for room is kept ahead of what plays by so much. */
    static final long ROOM_NANOS = 200_000_000L;
    /** 64 MiB: eleven minutes of 48,000 samples a second. */
    static final int MAX_SAMPLES = 32 << 20;
    /** What lasts longer is given out in pieces, so that it leaves evenly. */
    private static final long LONG_NANOS = 60_000_000L;

    private static final int PIECES_A_SECOND = 50;
    /** So much is given out at once in the beginning: a source in real time is uneven, and receivers hold as much. */
    static final long START_NANOS = 60_000_000L;
    /**
     * A source in real time that was held up is up to date at once, as long as it was no longer; after more, sound
     * begins anew.
     */
    private static final long CATCH_UP_NANOS = 2_000_000_000L;
    /**
     * So does it for a source that was once ahead: what it was late with has been made late, and plays from then on.
     */
    private static final long MADE_CATCH_UP_NANOS = 200_000_000L;
    /** A source in real time is never so much ahead when it pushes, and after that. */
    private static final long AHEAD_BEFORE_NANOS = 100_000_000L;

    private static final long AHEAD_AFTER_NANOS = 300_000_000L;
    /**
     * Up to so much that waits is not sound that was made beforehand, but a clock that is faster than ours: it is given
     * out by a twentieth faster.
     */
    private static final long DRIFT_NANOS = 180_000_000L;

    private static final int DRIFT_PART = 20;
    /**
     * Who pushes as fast as sound plays for so long, though more waits than there is room for, is a source in real time
     * that began late, or was held up for long: it is given out twice as fast until nothing waits.
     */
    private static final long PROOF_NANOS = 500_000_000L;

    private static final long PROOF_SLACK_NANOS = 50_000_000L;
    private static final long PROOF_GAP_NANOS = 100_000_000L;

    private final ArrayDeque<AudioFrame> waiting = new ArrayDeque<>();
    private final ArrayDeque<CompletableFuture<Void>> room = new ArrayDeque<>();
    private long waitingNanos;
    private int waitingSamples;
    private boolean began;
    /** Whether this source has been ahead of real time. */
    private boolean madeBeforehand;

    private boolean late;
    private long proofSinceNanos;
    private long proofPushedNanos;
    private long pushedNanos;
    /** When what was given out will have been played. */
    private long playedNanos;

    /**
     * Takes sound; the future completes when less than {@link #ROOM_NANOS} waits.
     *
     * @throws IllegalStateException where too much waits
     */
    public CompletableFuture<Void> offer(AudioFrame frame, long now) {
        if (waitingSamples + (long) frame.samples().length > MAX_SAMPLES) {
            throw new IllegalStateException("more than " + MAX_SAMPLES
                    + " samples wait to be played: go on when the future that push() returns has completed");
        }
        if (waiting.isEmpty()
                && (!began || now - playedNanos > (madeBeforehand ? MADE_CATCH_UP_NANOS : CATCH_UP_NANOS))) {
            playedNanos = now - START_NANOS;
            began = true;
        }
        long ahead = playedNanos + waitingNanos - now;
        madeBeforehand |= ahead > AHEAD_BEFORE_NANOS || ahead + nanos(frame) > AHEAD_AFTER_NANOS;
        watchPace(frame, now);
        int step = nanos(frame) > LONG_NANOS
                ? frame.sampleRate() / PIECES_A_SECOND * frame.channels()
                : frame.samples().length;
        for (int at = 0; at < frame.samples().length; at += step) {
            int n = Math.min(step, frame.samples().length - at);
            add(
                    n == frame.samples().length
                            ? frame
                            : new AudioFrame(
                                    Arrays.copyOfRange(frame.samples(), at, at + n),
                                    frame.sampleRate(),
                                    frame.channels()));
        }
        CompletableFuture<Void> f = new CompletableFuture<>();
        room.add(f);
        return f;
    }

    private void watchPace(AudioFrame frame, long now) {
        proofPushedNanos += nanos(frame);
        long since = now - proofSinceNanos;
        boolean fast = proofPushedNanos > since + since / 10 + PROOF_SLACK_NANOS;
        if (waitingNanos <= ROOM_NANOS || now - pushedNanos > PROOF_GAP_NANOS || fast) {
            proofSinceNanos = now;
            proofPushedNanos = 0;
            late &= !fast;
        } else if (since >= PROOF_NANOS) {
            late = true;
        }
        pushedNanos = now;
    }

    private void add(AudioFrame f) {
        waiting.add(f);
        waitingNanos += nanos(f);
        waitingSamples += f.samples().length;
    }

    private static long nanos(AudioFrame f) {
        return f.samples().length / f.channels() * 1_000_000_000L / f.sampleRate();
    }

    /** What is to be played now; null where nothing is due. */
    public AudioFrame poll(long now) {
        if (waiting.isEmpty() || playedNanos > now) {
            return null;
        }
        long part = late ? 2 : waitingNanos <= DRIFT_NANOS ? DRIFT_PART : Long.MAX_VALUE;
        AudioFrame f = waiting.poll();
        long n = nanos(f);
        waitingNanos -= n;
        waitingSamples -= f.samples().length;
        late &= !waiting.isEmpty();
        playedNanos += waiting.isEmpty() ? n : n - n / part;
        return f;
    }

    /** When {@link #poll} gives something; only where something waits. */
    public long dueNanos() {
        return playedNanos;
    }

    public boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** The futures of those who may go on, to be completed without the lock. */
    public List<CompletableFuture<Void>> takeRoom() {
        if (waitingNanos > ROOM_NANOS || room.isEmpty()) {
            return List.of();
        }
        List<CompletableFuture<Void>> all = new ArrayList<>(room);
        room.clear();
        return all;
    }

    /** Lets go of what waits; how long it would have played, in microseconds. */
    public long flush() {
        long micros = waitingNanos / 1_000;
        waiting.clear();
        waitingNanos = 0;
        waitingSamples = 0;
        return micros;
    }
}
