package dev.jvmrtc.media.pipeline;

import dev.jvmrtc.media.codec.AudioDecoder;
import dev.jvmrtc.media.codec.CodecException;
import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.CodecStatistics;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.PlayoutStatistics;
import dev.jvmrtc.media.playout.AudioPlayout;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Decodes a track of sound, and gives its sinks 10 milliseconds of it every 10 milliseconds, from the first on: silence
 * where nothing comes.
 */
final class AudioDecoding extends TrackDecoder {
    /** Frames that may wait for the decoder; more are dropped. */
    static final int MAX_WAITING = 64;

    private static final long TAKE_NANOS = TimeUnit.MILLISECONDS.toNanos(AudioPlayout.TAKE_MILLIS);
    /** What was to be given while the machine slept, or the sinks did, is left out. */
    private static final long MAX_BEHIND_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private volatile PlayoutStatistics statistics = PlayoutStatistics.NONE;
    private AudioPlayout playout;
    private Future<?> ticking;
    private long nextNanos;
    private boolean released;

    AudioDecoding(TrackView track) {
        super(track);
    }

    @Override
    public void onEncodedFrame(EncodedFrame frame) {
        if (!mayWait(frame, MAX_WAITING)) {
            fail(TOO_SLOW);
            return;
        }
        long now = System.nanoTime();
        worker.post(() -> {
            taken(frame);
            attempt(frame.codec(), () -> take(frame, now));
        });
    }

    private void take(EncodedFrame frame, long now) throws CodecException {
        if (playout == null) {
            throw new CodecException(NO_DECODER);
        }
        playout.setTargetMillis(track.jitterBufferTargetMillis());
        playout.offer(frame, now, track.lipSync());
        if (ticking == null && !released) {
            nextNanos = System.nanoTime();
            ticking = MediaClock.every(TAKE_NANOS, this::tick);
        }
    }

    /** On the clock's thread. */
    private void tick() {
        if (worker.waiting() < MAX_WAITING) {
            worker.post(this::give);
        }
    }

    private void give() {
        long now = System.nanoTime();
        if (now - nextNanos > MAX_BEHIND_NANOS) {
            nextNanos = now;
        }
        for (; now - nextNanos >= 0 && playout != null; nextNanos += TAKE_NANOS) {
            AudioFrame sound = playout.take(nextNanos, track.lipSync());
            if (sound == null) {
                break;
            }
            statistics = playout.statistics(); // whoever has heard something finds it counted
            give(s -> s.onAudioFrame(sound));
        }
        statistics = playout == null ? statistics : playout.statistics();
    }

    @Override
    public CodecStatistics statistics() {
        return null;
    }

    @Override
    public PlayoutStatistics playout() {
        return statistics;
    }

    @Override
    boolean open(String codec) {
        int clockRate = track.clockRate(codec);
        AudioDecoder decoder = clockRate == 0 ? null : Codecs.audioDecoder(codec);
        playout = decoder == null ? null : new AudioPlayout(decoder, clockRate);
        return playout != null;
    }

    @Override
    void closeDecoder() {
        if (playout != null) {
            AudioPlayout p = playout;
            playout = null;
            p.close();
        }
    }

    @Override
    public void release() {
        worker.post(() -> {
            released = true;
            if (ticking != null) {
                ticking.cancel(false);
            }
        });
        super.release();
    }
}
