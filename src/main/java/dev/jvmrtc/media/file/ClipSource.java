package dev.jvmrtc.media.file;

import dev.jvmrtc.bitstream.h264.SliceHeader;
import dev.jvmrtc.media.AbstractSource;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.MediaSink;
import dev.jvmrtc.media.pipeline.MediaClock;
import java.util.List;
import java.util.concurrent.Future;

/**
 * Plays clips in real time, over and over or once. With several clips of the same content in different codecs, the one
 * that was negotiated is played. Plays from the first sink on, by the timestamps of the file.
 *
 * <p>Film is never left out. Where a receiver needs a key frame, the latest one is sent again and what has followed it,
 * two to eight times as fast as it plays, as the path can carry it, until the receiver has what is due.
 */
public final class ClipSource extends AbstractSource {
    /**
     * How many times as fast as it plays what has been sent before is sent again, at most; less where the receiver's
     * path is known to carry less, but so much that it comes to an end.
     */
    private static final int AGAIN_SPEED = 8;

    private static final int LEAST_AGAIN_SPEED = 2;
    /**
     * Key frames are asked for by several receivers, and again by one: one that is asked for sooner is sent after this
     * time. What is sent again is not begun anew before it is at its end, but for a very long one, and nothing is sent
     * again for as long as that took: who asks all the time stops the film for nobody.
     */
    private static final long KEY_FRAME_INTERVAL_NANOS = 100_000_000L;

    private static final long AGAIN_INTERVAL_NANOS = 5_000_000_000L;

    private final List<Clip> clips;
    private final boolean loop;
    private Clip clip;
    /** The frame that is sent next. */
    private int next;
    /** The first that has not been sent in this turn of the clip; what is before is sent again. */
    private int fresh;

    private long startNanos;
    private long baseTicks;
    private long lastTicks = -1;
    private long againNanos;
    private long lastKeyNanos;
    /** Nothing is sent again before. */
    private long quietUntilNanos;
    /** Bits a second; 0 while nobody has told. */
    private long bitrate;

    private boolean keyFrameWanted;
    private boolean running;
    private Future<?> timer;
    private Runnable endHandler = () -> {};

    /**
     * Plays one of several clips, the first whose codec a sender has negotiated.
     *
     * @param clips of one kind, the best first
     * @param loop whether to begin again at the end
     * @throws IllegalArgumentException where there is no clip, they are of different kinds, or one has B-frames
     */
    public ClipSource(List<Clip> clips, boolean loop) {
        super(first(clips).kind(), clips.stream().map(Clip::format).toList());
        for (Clip c : clips) {
            check(c, clips.get(0).kind());
        }
        this.clips = List.copyOf(clips);
        this.loop = loop;
        this.clip = clips.get(0);
    }

    private static Clip first(List<Clip> clips) {
        if (clips.isEmpty()) {
            throw new IllegalArgumentException("a clip is needed");
        }
        return clips.get(0);
    }

    private static void check(Clip c, String kind) {
        if (!c.kind().equals(kind)) {
            throw new IllegalArgumentException(
                    "the clips of a source are of one kind, the same content in different codecs");
        }
        if (c.format().codec().equals("H264")
                && c.frames().stream().anyMatch(f -> SliceHeader.anyBidirectional(f.data()))) {
            // RFC 6184 §5.1's timestamps would allow them; no browser's decoder puts them into the order in which they
            // are shown.
            throw new IllegalArgumentException(
                    "the film has B-frames, which WebRTC receivers do not put into order: encode it again without,"
                            + " with ffmpeg: -c:v libx264 -bf 0");
        }
    }

    /**
     * Sets who is called when a clip that is not looped has been played.
     *
     * @param handler replaces the one of before
     */
    public synchronized void onEnd(Runnable handler) {
        endHandler = handler;
    }

    @Override
    public synchronized void addSink(MediaSink sink) {
        super.addSink(sink);
        if (!running && !isEnded()) {
            running = true;
            // From where it stopped: time that nobody watched is not film.
            startNanos = System.nanoTime()
                    - nanos(baseTicks + clip.frames().get(fresh).rtpTimestamp());
            next = fresh;
            lastKeyNanos = System.nanoTime() - KEY_FRAME_INTERVAL_NANOS;
            quietUntilNanos = lastKeyNanos;
            timer = MediaClock.after(0, this::play);
        }
    }

    @Override
    public synchronized void formatSelected(EncodedFormat format) {
        for (Clip c : clips) {
            if (c.format().equals(format) && c != clip) {
                baseTicks = lastTicks + (long) c.clockRate() / 25;
                clip = c;
                next = 0;
                fresh = 0;
                startNanos = System.nanoTime() - nanos(baseTicks);
            }
        }
        super.formatSelected(format);
    }

    @Override
    public void requestKeyFrame(String rid) {
        synchronized (this) {
            keyFrameWanted = clip.kind().equals("video");
            if (running && timer.cancel(false)) {
                schedule(System.nanoTime());
            }
        }
        super.requestKeyFrame(rid);
    }

    @Override
    public void targetBitrate(String rid, long bitsPerSecond) {
        synchronized (this) {
            bitrate = Math.max(1, bitsPerSecond);
        }
        super.targetBitrate(rid, bitsPerSecond);
    }

    @Override
    public synchronized void stopped() {
        running = false;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** No product of ticks and a billion: it would overflow after a day of video. */
    private long nanos(long ticks) {
        long rate = clip.clockRate();
        return ticks / rate * 1_000_000_000L + ticks % rate * 1_000_000_000L / rate;
    }

    private long ticks(long nanos) {
        long rate = clip.clockRate();
        return nanos / 1_000_000_000L * rate + nanos % 1_000_000_000L * rate / 1_000_000_000L;
    }

    /** When the next frame is to be sent. */
    private long dueNanos() {
        return next < fresh
                ? againNanos
                : startNanos + nanos(baseTicks + clip.frames().get(next).rtpTimestamp());
    }

    /** From when on a key frame may be sent again. */
    private long keyFrameNanos() {
        return next < fresh
                ? lastKeyNanos + AGAIN_INTERVAL_NANOS
                : Math.max(lastKeyNanos + KEY_FRAME_INTERVAL_NANOS, quietUntilNanos);
    }

    /** How long what is sent again takes. */
    private long againNanos(EncodedFrame f, long filmNanos) {
        long carried = bitrate == 0 ? 0 : f.data().length * 8L * 1_000_000_000L / bitrate;
        return Math.max(filmNanos / AGAIN_SPEED, Math.min(filmNanos / LEAST_AGAIN_SPEED, carried));
    }

    private void schedule(long now) {
        long at = keyFrameWanted ? Math.min(dueNanos(), keyFrameNanos()) : dueNanos();
        timer = MediaClock.after(Math.max(0, at - now), this::play);
    }

    private void play() {
        EncodedFrame due = null;
        Runnable ended = null;
        synchronized (this) {
            if (!running) {
                return;
            }
            long now = System.nanoTime();
            if (keyFrameWanted && (lastTicks < 0 || now - keyFrameNanos() >= 0)) {
                beginAgain(now);
            }
            if (dueNanos() <= now) {
                due = take(now);
                if (next == 0 && !loop) {
                    running = false;
                    ended = endHandler;
                }
            }
            if (running) {
                schedule(now);
            }
        }
        if (due != null) {
            deliver(due);
        }
        if (ended != null) {
            ended.run();
        }
    }

    /** The frame that is due, and moves on to the one behind it. */
    private EncodedFrame take(long now) {
        EncodedFrame f = clip.frames().get(next);
        // What is sent again has the time at which it is sent: time goes on, and meets that of the film where it has
        // been caught up with.
        long ticks = next < fresh ? ticks(now - startNanos) : baseTicks + f.rtpTimestamp();
        lastTicks = lastTicks < 0 ? ticks : Math.max(ticks, lastTicks + (next < fresh || ticks < lastTicks ? 1 : 0));
        if (f.keyFrame()) {
            lastKeyNanos = now;
            keyFrameWanted = false;
        }
        boolean again = next < fresh;
        next++;
        if (!again) {
            fresh = next;
        } else if (next < clip.frames().size()) {
            long interval = nanos(clip.frames().get(next).rtpTimestamp() - f.rtpTimestamp());
            againNanos += againNanos(f, Math.max(0, interval));
            reachDue(now);
            quietUntilNanos = next == fresh ? now + (now - lastKeyNanos) : quietUntilNanos;
        }
        if (next == clip.frames().size()) {
            next = 0;
            fresh = 0;
            baseTicks += clip.duration();
        }
        return new EncodedFrame(f.data(), f.codec(), lastTicks, null, f.keyFrame(), null);
    }

    /** What has come due meanwhile is sent as fast as what is sent again. */
    private void reachDue(long now) {
        while (fresh < clip.frames().size()
                && next == fresh
                && startNanos + nanos(baseTicks + clip.frames().get(fresh).rtpTimestamp()) <= now) {
            fresh++;
        }
    }

    /** Goes back to the key frame without which what is due cannot be decoded. */
    private void beginAgain(long now) {
        keyFrameWanted = false;
        for (int i = Math.min(fresh, clip.frames().size()) - 1; i >= 0; i--) {
            if (clip.frames().get(i).keyFrame()) {
                next = i;
                againNanos = now;
                return;
            }
        }
    }
}
