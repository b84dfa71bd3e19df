package dev.jvmrtc.media;

import java.util.List;
import java.util.concurrent.Future;

/**
 * Plays clips in real time, over and over or once. With several clips of the same content in different codecs, the one that was negotiated is played. A
 * key-frame request makes the picture jump to its next key frame. Plays from the first sink on.
 */
public final class ClipSource extends AbstractSource {
    private final List<Clip> clips;
    private final boolean loop;
    private Clip clip;
    private int next;
    private long startNanos;
    private long baseTicks;
    private long lastTicks;
    private boolean jump;
    private boolean running;
    private Future<?> timer;
    private Runnable endHandler = () -> { };

    /** {@code clips}: of one kind, the best first. */
    public ClipSource(List<Clip> clips, boolean loop) {
        super(clips.get(0).kind(), clips.stream().map(Clip::format).toList());
        this.clips = List.copyOf(clips);
        this.loop = loop;
        this.clip = clips.get(0);
    }

    /** Called when a clip that is not looped has been played. */
    public synchronized void onEnd(Runnable handler) {
        endHandler = handler;
    }

    @Override
    public synchronized void addSink(MediaSink sink) {
        super.addSink(sink);
        if (!running) {
            running = true;
            startNanos = System.nanoTime();
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
                startNanos = System.nanoTime() - baseTicks * 1_000_000_000L / c.clockRate();
            }
        }
        super.formatSelected(format);
    }

    @Override
    public synchronized void requestKeyFrame(String rid) {
        jump = true;
        super.requestKeyFrame(rid);
    }

    @Override
    public synchronized void stopped() {
        running = false;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void play() {
        EncodedFrame due;
        Runnable ended = null;
        synchronized (this) {
            if (!running) {
                return;
            }
            if (jump) {
                jumpToKeyFrame();
            }
            EncodedFrame f = clip.frames().get(next);
            lastTicks = baseTicks + f.rtpTimestamp();
            due = new EncodedFrame(f.data(), f.codec(), lastTicks, null, f.keyFrame(), null);
            if (++next == clip.frames().size()) {
                next = 0;
                baseTicks += clip.duration();
                if (!loop) {
                    running = false;
                    ended = endHandler;
                }
            }
            if (running) {
                long at = startNanos + (baseTicks + clip.frames().get(next).rtpTimestamp()) * 1_000_000_000L / clip.clockRate();
                timer = MediaClock.after(Math.max(0, at - System.nanoTime()), this::play);
            }
        }
        deliver(due);
        if (ended != null) {
            ended.run();
        }
    }

    /** Goes to the next key frame of the clip; time goes on as if the frames between were not there. */
    private void jumpToKeyFrame() {
        jump = false;
        int n = clip.frames().size();
        for (int i = 0; i < n; i++) {
            int candidate = (next + i) % n;
            if (clip.frames().get(candidate).keyFrame()) {
                long now = baseTicks + clip.frames().get(next).rtpTimestamp();
                next = candidate;
                baseTicks = now - clip.frames().get(candidate).rtpTimestamp();
                return;
            }
        }
    }
}
