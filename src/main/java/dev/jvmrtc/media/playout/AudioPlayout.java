package dev.jvmrtc.media.playout;

import dev.jvmrtc.media.codec.AudioDecoder;
import dev.jvmrtc.media.codec.CodecException;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.PlayoutStatistics;

/**
 * Makes even sound of the encoded frames of a track: decodes them, makes up for what was lost, waits as long as they
 * come unevenly, and gives 10 milliseconds whenever it is asked. Sans I/O; for one thread at a time.
 */
public final class AudioPlayout {
    public static final int TAKE_MILLIS = 10;
    /** More than this in a row is not made up: it is a pause. */
    private static final int MAX_CONCEALED_MILLIS = 120;
    /**
     * Sound is made to wait longer by this much at a time, which is made good without a pause; where more than the
     * second is missing, at once.
     */
    private static final int GENTLE_MILLIS = 40;

    private static final int LEAP_MILLIS = 200;

    private final AudioDecoder decoder;
    private final int clockRate;
    private PlayoutBuffer buffer;
    private int rate;
    private int channels;
    private int targetMillis;
    private boolean began;
    private long expectedTimestamp;
    private int frameMillis;
    /** When what was put last ends, by the sender's clock; NaN while that is not known. */
    private double captureEndMillis = Double.NaN;

    private long concealed;
    private long concealments;
    private long taken;
    private double delaySeconds;
    private double targetSeconds;
    private final SoundMeter meter = new SoundMeter();

    /** @param clockRate of the RTP timestamps, in Hz */
    public AudioPlayout(AudioDecoder decoder, int clockRate) {
        this.decoder = decoder;
        this.clockRate = clockRate;
    }

    /** Sound is held back at least so long; 0 leaves it to us. */
    public void setTargetMillis(int millis) {
        targetMillis = millis;
    }

    /** Takes a frame that has come. */
    public void offer(EncodedFrame frame, long now, LipSync sync) throws CodecException {
        fillGap(frame, now);
        AudioFrame sound = decoder.decode(frame.data());
        long duration = sound.durationMicros();
        captureEndMillis = frame.captureTimeMillis() == null ? Double.NaN : frame.captureTimeMillis() + duration / 1e3;
        put(sound, frame.rtpTimestamp(), now);
        double wait = Double.isNaN(captureEndMillis) || sync == null ? 0 : sync.soundWaitMillis(now, captureEndMillis);
        buffer.setMinimumDelayMillis(
                (int) Math.max(Math.max(PlayoutBuffer.MIN_DELAY_MILLIS, targetMillis), gently(wait)));
    }

    /**
     * Single pictures that are late are not followed by a leap: sound comes to wait longer by being played slower,
     * unless all pictures are very late.
     */
    private double gently(double wait) {
        int held = buffer.heldMillis();
        return wait > held + LEAP_MILLIS ? wait : Math.min(wait, held + GENTLE_MILLIS);
    }

    /** What did not come is made up, as long as it is short; what is missing for longer is a pause. */
    private void fillGap(EncodedFrame frame, long now) throws CodecException {
        long gap = (int) (frame.rtpTimestamp() - expectedTimestamp);
        int millis = (int) (gap * 1_000 / clockRate);
        if (!began || gap <= 0) {
            return;
        }
        if (millis > MAX_CONCEALED_MILLIS) {
            buffer.pause();
            return;
        }
        concealments += millis >= frameMillis ? 1 : 0;
        for (int left = millis; left >= frameMillis; left -= frameMillis) {
            // Only the last lost frame has a copy in the one after it.
            AudioFrame madeUp = decoder.conceal(left < 2 * frameMillis ? frame.data() : null, frameMillis);
            concealed += madeUp.samples().length / madeUp.channels();
            put(madeUp, expectedTimestamp, now);
        }
    }

    private void put(AudioFrame sound, long timestamp, long now) {
        if (buffer == null || sound.sampleRate() != rate || sound.channels() != channels) {
            rate = sound.sampleRate();
            channels = sound.channels();
            buffer = new PlayoutBuffer(rate, channels);
        }
        began = true;
        expectedTimestamp = timestamp + sound.durationMicros() * clockRate / 1_000_000;
        frameMillis = Math.max(1, (int) (sound.durationMicros() / 1_000));
        buffer.put(sound, now);
    }

    /** What is to be heard in the next 10 ms; null before anything has come. */
    public AudioFrame take(long now, LipSync sync) {
        if (buffer == null) {
            return null;
        }
        int held = buffer.heldMillis();
        if (sync != null && !Double.isNaN(captureEndMillis) && held > 0 && buffer.isPlaying()) {
            sync.soundPlayed(now, captureEndMillis - held);
        }
        short[] samples = new short[rate / 1_000 * TAKE_MILLIS * channels];
        buffer.take(samples);
        measure(samples, held);
        return new AudioFrame(samples, rate, channels);
    }

    private void measure(short[] samples, int held) {
        meter.heard(samples, TAKE_MILLIS / 1e3);
        taken += samples.length / channels;
        delaySeconds += held / 1e3 * (samples.length / channels);
        targetSeconds += buffer.delayMillis() / 1e3 * (samples.length / channels);
    }

    public PlayoutStatistics statistics() {
        if (buffer == null) {
            return PlayoutStatistics.NONE;
        }
        return new PlayoutStatistics(
                delaySeconds,
                taken,
                targetSeconds,
                concealed + buffer.silentSamples(),
                concealments + buffer.dryTimes(),
                buffer.silentSamples(),
                buffer.addedSamples(),
                buffer.skippedSamples(),
                meter.level(),
                meter.energy(),
                meter.seconds(),
                0,
                0,
                0,
                0);
    }

    /** What is held, for tests. */
    int heldMillis() {
        return buffer == null ? 0 : buffer.heldMillis();
    }

    public void close() {
        decoder.close();
    }
}
