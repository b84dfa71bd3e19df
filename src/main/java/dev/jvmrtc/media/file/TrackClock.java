package dev.jvmrtc.media.file;

/**
 * The times of one track in a recording, on the clock that all its tracks share. They begin when the first frame comes
 * and go on as the RTP timestamps do, so that gaps stay; capture times, which RTCP's sender reports give, put the
 * tracks of one sender in step (RFC 3550 §6.4.1). A peer sets both, so times that leap are not believed. Sans I/O.
 */
final class TrackClock {
    /**
     * Media comes late, not early: a time further ahead of our own, or behind, is a leap, and the track begins anew
     * from ours.
     */
    static final long MAX_AHEAD_MICROS = 2_000_000;

    static final long MAX_BEHIND_MICROS = 5_000_000;
    /**
     * What is later than this all the time, not only while a path is held up, has paused without timestamps that go on.
     */
    private static final long LATE_MICROS = 1_000_000;

    private static final long LATE_FOR_MICROS = 3_000_000;
    /** Capture times that say otherwise by more are wrong. */
    private static final long MAX_CORRECTION_MICROS = 2_000_000;
    /** A track that is early by more waits at once; by less, it comes nearer with each frame, which nobody hears. */
    private static final long JUMP_MICROS = 80_000;

    private static final double SLOW = 0.05;
    private static final double FAST = 0.5;
    private static final double WEIGHT = 0.05;
    private static final long MAX_BACK_MICROS = Interleaver.MAX_HOLD_MICROS - 100_000;

    /** How the capture times of one sender relate to the recording's times: set by the first that comes. */
    static final class Sender {
        private boolean known;
        private double offsetMicros;
    }

    private final int clockRate;
    private final Sender sender;
    private boolean began;
    private boolean corrected;
    /** By how much later the track should be, as capture times say. */
    private double off;

    private long lastRtp;
    private double time;
    /** When it was last in time. */
    private long inTimeMicros;

    /** {@code sender}: shared by the tracks that are kept in step; null for a track by itself. */
    TrackClock(int clockRate, Sender sender) {
        this.clockRate = clockRate;
        this.sender = sender;
    }

    /**
     * When a frame is to be played, in microseconds since the recording's beginning; never less than the last time.
     *
     * @param captureMillis by the sender's clock, or null
     * @param nowMicros since the recording's beginning
     */
    long of(long rtpTimestamp, Long captureMillis, long nowMicros) {
        double last = time;
        double step = 0;
        if (began) {
            // RTP timestamps are numbers of 32 bits, which wrap around.
            step = (int) (rtpTimestamp - lastRtp) * 1e6 / clockRate;
            double next = time + step;
            boolean leaps = step < 0 || next > nowMicros + MAX_AHEAD_MICROS || next < nowMicros - MAX_BEHIND_MICROS;
            inTimeMicros = next >= nowMicros - LATE_MICROS ? nowMicros : inTimeMicros;
            time = leaps || nowMicros - inTimeMicros > LATE_FOR_MICROS ? nowMicros : next;
        } else {
            time = nowMicros;
        }
        inTimeMicros = time == nowMicros ? nowMicros : inTimeMicros;
        lastRtp = rtpTimestamp;
        if (sender != null && captureMillis != null) {
            correct(captureMillis * 1e3, step);
        }
        began = true;
        time = Math.max(time, last);
        return (long) time;
    }

    private void correct(double capture, double step) {
        if (!sender.known) {
            sender.known = true;
            sender.offsetMicros = time - capture;
        }
        double now = capture + sender.offsetMicros - time;
        if (Math.abs(now) > MAX_CORRECTION_MICROS) {
            return;
        }
        // Of one that encodes here, capture times vary by how its threads have their turn.
        off = corrected ? off + (now - off) * WEIGHT : now;
        corrected = true;
        double by;
        if (!began) {
            // What is earlier is in the file already.
            by = Math.max(off, -MAX_BACK_MICROS);
        } else if (off > JUMP_MICROS) {
            by = off;
        } else if (off < -JUMP_MICROS) {
            by = -Math.min(-off, step * FAST);
        } else {
            by = Math.max(-step * SLOW, Math.min(off, step * SLOW));
        }
        time += by;
        off -= by;
    }
}
