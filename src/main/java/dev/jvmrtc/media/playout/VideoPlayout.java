package dev.jvmrtc.media.playout;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.PlayoutStatistics;
import java.util.ArrayDeque;

/**
 * When the pictures of a track are shown: at once, unless they have to wait for the sound of their stream, or somebody
 * has asked for a delay, through which they come as evenly as they were taken. They wait encoded. Sans I/O; for one
 * thread at a time.
 */
public final class VideoPlayout {
    /** More than four seconds at 60 pictures a second; of more, all wait no longer. */
    static final int MAX_HELD = 300;
    /** Encoded, in bytes: four seconds at 64 Mbit/s. Of more, all wait no longer, as above. */
    static final int MAX_HELD_BYTES = 32 << 20;

    private static final long MILLI = 1_000_000;
    private static final int CLOCK_KHZ = 90;
    /** By how much a clock of the sender may be slower than ours. */
    private static final double MAX_DRIFT = 500e-6;

    private static final long PAUSE_NANOS = 5_000_000_000L;
    private static final double DECODE_WEIGHT = 0.1;
    /**
     * webrtc-stats §8.4, freezeCount: a picture stood for longer than this more than usual, and three times as long as
     * usual.
     */
    private static final long FREEZE_NANOS = 150 * MILLI;

    private static final double USUAL_WEIGHT = 1.0 / 30;

    private record Waiting(EncodedFrame frame, long arrivalNanos, long dueNanos) {}

    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private long heldBytes;
    private int targetMillis;
    private long lastTimestamp;
    private long mediaNanos;
    /** Least difference between arrival and media time: the picture that came soonest. */
    private double soonest;

    private long lastArrival;
    private boolean began;
    private long lastDue;
    private double decodeNanos;
    private long emitted;
    private double delaySeconds;
    private double targetSeconds;
    private double betweenSeconds;
    private double betweenSquaredSeconds;
    private long lastShown;
    private double usual;
    private long freezes;
    private double freezeSeconds;

    /** Pictures are held back so long after the one that came soonest; 0 for not at all. */
    public void setTargetMillis(int millis) {
        targetMillis = millis;
    }

    /** Takes a picture that has come. */
    public void offer(EncodedFrame frame, long now, LipSync sync) {
        follow(frame, now);
        long due = now;
        if (targetMillis > 0) {
            due = Math.max(due, mediaNanos + (long) soonest + targetMillis * MILLI - (long) decodeNanos);
        }
        if (sync != null && frame.captureTimeMillis() != null) {
            sync.pictureCame(due, frame.captureTimeMillis(), decodeNanos / MILLI);
            due = Math.max(
                    due, now + (long) (sync.pictureWaitMillis(now, frame.captureTimeMillis()) * MILLI - decodeNanos));
        }
        // In the order in which they came, whatever the clocks say.
        lastDue = waiting.isEmpty() ? due : Math.max(due, lastDue);
        waiting.add(new Waiting(frame, now, lastDue));
        heldBytes += frame.data().length;
    }

    private void follow(EncodedFrame frame, long now) {
        long step = (int) (frame.rtpTimestamp() - lastTimestamp) * MILLI / CLOCK_KHZ;
        boolean anew = !began || Math.abs(step) > PAUSE_NANOS || now - lastArrival > PAUSE_NANOS;
        mediaNanos = anew ? now : mediaNanos + step;
        double difference = now - mediaNanos;
        soonest = anew ? difference : Math.min(difference, soonest + MAX_DRIFT * (now - lastArrival));
        began = true;
        lastTimestamp = frame.rtpTimestamp();
        lastArrival = now;
    }

    /** The next picture that is due, or null. */
    public EncodedFrame poll(long now) {
        Waiting w = waiting.peek();
        if (w == null || w.dueNanos - now > 0 && !isFull()) {
            return null;
        }
        waiting.poll();
        heldBytes -= w.frame.data().length;
        emitted++;
        targetSeconds += targetMillis / 1e3;
        delaySeconds += (now - w.arrivalNanos) / 1e9;
        return w.frame;
    }

    public long nextTimeoutNanos() {
        return waiting.isEmpty() ? NEVER : waiting.peek().dueNanos;
    }

    /** More waits than may; the oldest are then due whatever the clocks say. */
    public boolean isFull() {
        return waiting.size() > MAX_HELD || heldBytes > MAX_HELD_BYTES;
    }

    /** Pictures that wait. */
    public int held() {
        return waiting.size();
    }

    /** A picture was decoded and shown. */
    public void shown(long now, long tookNanos) {
        decodeNanos += (tookNanos - decodeNanos) * DECODE_WEIGHT;
        if (lastShown != 0) {
            double stood = now - lastShown;
            if (usual > 0 && stood > Math.max(3 * usual, usual + FREEZE_NANOS)) {
                freezes++;
                freezeSeconds += stood / 1e9;
            }
            betweenSeconds += stood / 1e9;
            betweenSquaredSeconds += stood / 1e9 * (stood / 1e9);
            usual = usual == 0 ? stood : usual + (stood - usual) * USUAL_WEIGHT;
        }
        lastShown = now;
    }

    public void clear() {
        waiting.clear();
        heldBytes = 0;
    }

    public PlayoutStatistics statistics() {
        return new PlayoutStatistics(
                delaySeconds,
                emitted,
                targetSeconds,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                freezes,
                freezeSeconds,
                betweenSeconds,
                betweenSquaredSeconds);
    }
}
