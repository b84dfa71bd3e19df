package dev.jvmrtc.media;

import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.EncodedMedia;
import dev.jvmrtc.media.pipeline.EncodingView;
import dev.jvmrtc.media.pipeline.MediaClock;
import dev.jvmrtc.media.pipeline.MediaWorker;
import dev.jvmrtc.media.pipeline.TrackView;
import dev.jvmrtc.media.playout.PacedSound;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * An audio source that an application feeds with samples, in real time or faster: what is pushed is given to the sinks
 * as fast as it plays, and none of it is lost. Senders encode it, each with the codec that was negotiated: Opus where
 * its library is there, else G.722 or G.711, which need none. Other sinks of the track get it as it is.
 */
public class AudioSource extends AbstractSource {
    private final PacedSound paced = new PacedSound();
    private final MediaWorker worker = new MediaWorker();
    /** Somebody gives audio to the sinks, or has been asked to; under the lock of {@link #paced}. */
    private boolean busy;

    /** A source to which nothing was pushed yet. */
    public AudioSource() {
        super("audio", Codecs.encoders("audio"));
    }

    /**
     * Takes samples of any rate, a frame of any length; a frame of more than 60 ms reaches the sinks in pieces of 20
     * ms. The array is shared with all sinks: do not change it any more. From one thread at a time; never blocks. What
     * is due reaches the sinks on the calling thread, what comes faster than it plays waits and reaches them on a
     * thread for codecs.
     *
     * @param frame of any length, rate and number of channels
     * @return complete at once where no more than 200 ms of audio waits; else it completes when it does, on a thread
     *     for codecs. Who pushes the next frame then stays that much ahead of what is heard. It never fails;
     *     {@link #flush} and {@link #end} complete it too.
     * @throws IllegalStateException where more than 32 Mi samples (eleven minutes of 48,000 a second) would wait
     */
    public final CompletableFuture<Void> push(AudioFrame frame) {
        if (isEnded()) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> room;
        boolean mine;
        synchronized (paced) {
            long now = System.nanoTime();
            room = paced.offer(frame, now);
            mine = !busy;
            busy = true;
        }
        if (mine) {
            giveOut();
        } else {
            tellRoom();
        }
        return room;
    }

    /**
     * Lets go of what was pushed and has not been given to the sinks, so that who speaks can be interrupted. From any
     * thread.
     *
     * @return how long it would have played, in microseconds
     */
    public final long flush() {
        long micros;
        synchronized (paced) {
            micros = paced.flush();
        }
        tellRoom();
        return micros;
    }

    /**
     * For sources with a clock of their own, such as devices: gives audio to the sinks at once, on the calling thread.
     * Not to be mixed with {@link #push}.
     *
     * @param frame shared by all, and not to be changed any more
     */
    protected final void pushLive(AudioFrame frame) {
        deliverAudio(frame);
    }

    private void giveOut() {
        while (true) {
            AudioFrame f;
            synchronized (paced) {
                long now = System.nanoTime();
                if (isEnded()) {
                    paced.flush();
                }
                f = paced.poll(now);
                if (f == null && paced.isEmpty()) {
                    busy = false;
                } else if (f == null) {
                    MediaClock.after(paced.dueNanos() - now, () -> worker.post(this::giveOut));
                }
            }
            tellRoom();
            if (f == null) {
                return;
            }
            deliverAudio(f);
        }
    }

    /** Completed without the lock: what depends on them may push. */
    private void tellRoom() {
        List<CompletableFuture<Void>> all;
        synchronized (paced) {
            all = paced.takeRoom();
        }
        all.forEach(r -> r.complete(null));
    }

    @Override
    final EncodedMedia encode(TrackView track) {
        return EncodingView.of(track);
    }

    @Override
    final boolean isRaw() {
        return true;
    }
}
