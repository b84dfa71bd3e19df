package dev.jvmrtc.media.pipeline;

import dev.jvmrtc.media.codec.AudioEncoder;
import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.Resampler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Encodes an audio track for one sender. */
final class AudioEncoding extends EncodingView {
    private static final Logger LOG = LoggerFactory.getLogger(AudioEncoding.class);
    /** Frames that may wait for the encoder: a second's worth. What comes then is dropped and counted. */
    private static final int MAX_WAITING = 50;
    /** A source that paused: its timestamps go on where the clock is, not where it stopped (RFC 3550 §5.1). */
    private static final long PAUSE_NANOS = 200_000_000;

    private AudioEncoder encoder;
    private EncodedFormat encoderFormat;
    private Resampler resampler;
    private short[] pending = new short[0];
    private int pendingCount;
    private long encoderTarget;
    private long timestamp;
    private long lastNanos;

    AudioEncoding(TrackView track) {
        super(track);
    }

    @Override
    void accept(AudioFrame frame) {
        if (!isOpen()) {
            return;
        }
        if (worker.waiting() >= MAX_WAITING) {
            countDropped();
            return;
        }
        long now = System.nanoTime();
        long millis = System.currentTimeMillis();
        worker.post(() -> encode(frame, now, millis));
    }

    /** @param millis when the end of the frame came, since 1970 */
    private void encode(AudioFrame frame, long now, long millis) {
        EncodedFormat f = format();
        if (isClosed() || f == null) {
            return;
        }
        try {
            if (encoder == null || !f.equals(encoderFormat)) {
                closeEncoder();
                encoder = Codecs.audioEncoder(f);
                encoderFormat = f;
                pending = new short[encoder.sampleRate() / 1_000 * encoder.frameMillis() * encoder.channels()];
                pendingCount = 0;
                resampler = null;
                encoderTarget = 0;
            }
            if (encoderTarget != target()) {
                encoderTarget = target();
                encoder.setTargetBitrate(encoderTarget);
            }
            if (resampler == null || !resampler.fits(frame)) {
                resampler =
                        new Resampler(frame.sampleRate(), frame.channels(), encoder.sampleRate(), encoder.channels());
            }
            if (lastNanos != 0 && now - lastNanos > PAUSE_NANOS) {
                timestamp += (now - lastNanos) / 1_000 * encoder.rtpClockRate() / 1_000_000;
            }
            lastNanos = now;
            take(resampler.resample(frame.samples()), f, millis);
        } catch (Throwable e) { // an Error too costs this frame only
            fail(LOG, e);
            abandonEncoder();
        }
    }

    private void take(short[] samples, EncodedFormat f, long millis) {
        int at = 0;
        while (at < samples.length) {
            int n = Math.min(samples.length - at, pending.length - pendingCount);
            System.arraycopy(samples, at, pending, pendingCount, n);
            at += n;
            pendingCount += n;
            if (pendingCount == pending.length) {
                pendingCount = 0;
                byte[] data = encoder.encode(pending);
                if (data != null) {
                    // It began a frame's time before its last sample, which came a little before the last of all.
                    long after = (samples.length - at) / encoder.channels() * 1_000L / encoder.sampleRate();
                    deliver(new EncodedFrame(
                            data, f.codec(), timestamp, millis - after - encoder.frameMillis(), true, null));
                }
                timestamp += encoder.rtpClockRate() / 1_000 * encoder.frameMillis();
            }
        }
    }

    @Override
    void closeEncoder() {
        if (encoder != null) {
            AudioEncoder e = encoder;
            encoder = null;
            e.close();
        }
    }
}
