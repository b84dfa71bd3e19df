package dev.jvmrtc.media.frame;

import java.util.Objects;
import java.util.function.Consumer;

/**
 * Takes a track's audio at the rate and in the number of channels that its consumer needs, whatever the track has:
 * 16,000 Hz in one channel for speech recognition, say.
 *
 * <pre>{@code
 * track.addSink(new AudioSink(16_000, 1, frame -> recognizer.accept(frame.samples())));
 * }</pre>
 *
 * <p>A sink is for one track: it keeps the end of what it was given for what comes next. The consumer is called on the
 * thread that {@link MediaSink#onAudioFrame} names. Frames last as long as those of the track, give or take a sample;
 * the first ones of a track with another rate are shorter by some samples, which the filter holds back (1 ms at 48,000
 * Hz).
 */
public final class AudioSink implements MediaSink {
    private final int sampleRate;
    private final int channels;
    private final Consumer<AudioFrame> consumer;
    private Resampler resampler;

    /**
     * Takes the audio of a track at a rate and in channels of its own.
     *
     * @param sampleRate of the frames that are given on, in Hz, from 8,000 to 192,000
     * @param channels of these, 1 or 2
     * @param consumer called with each of these frames, on the thread on which the sink is called
     */
    public AudioSink(int sampleRate, int channels, Consumer<AudioFrame> consumer) {
        new AudioFrame(new short[0], sampleRate, channels); // refuses what no frame can be
        this.sampleRate = sampleRate;
        this.channels = channels;
        this.consumer = Objects.requireNonNull(consumer, "consumer");
    }

    @Override
    public boolean wantsAudio() {
        return true;
    }

    @Override
    public void onAudioFrame(AudioFrame frame) {
        if (resampler == null || !resampler.fits(frame)) {
            resampler = new Resampler(frame.sampleRate(), frame.channels(), sampleRate, channels);
        }
        AudioFrame mine = resampler.resample(frame);
        if (mine.samples().length > 0) {
            consumer.accept(mine);
        }
    }
}
