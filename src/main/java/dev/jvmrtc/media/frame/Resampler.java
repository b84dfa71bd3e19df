package dev.jvmrtc.media.frame;

import java.util.Arrays;

/**
 * Brings a stream of samples to another rate and number of channels: a windowed sinc of 16 zero crossings, which cuts
 * off what the lower of the two rates cannot carry. For one stream, whose beginning and end it joins from call to call;
 * from one thread at a time. Two channels become one as their mean, one becomes two alike.
 */
public final class Resampler {
    private static final int ZERO_CROSSINGS = 16;
    private static final int PHASES = 256;

    private final int fromRate;
    private final int fromChannels;
    private final int toRate;
    private final int toChannels;
    private final float[] kernel;
    /** Samples of the input on each side that an output sample depends on. */
    private final int reach;

    private float[][] held;
    private int heldCount;
    /** Where the next output sample lies in the input held, in units of 1/toRate of an input sample. */
    private long position;

    /**
     * Converts audio of one rate and number of channels to another one.
     *
     * @param fromRate in Hz, from 8,000 to 192,000
     * @param fromChannels 1 or 2
     * @param toRate in Hz, from 8,000 to 192,000
     * @param toChannels 1 or 2
     * @throws IllegalArgumentException where one of them is out of range
     */
    public Resampler(int fromRate, int fromChannels, int toRate, int toChannels) {
        new AudioFrame(new short[0], fromRate, fromChannels); // refuses what no frame can be
        new AudioFrame(new short[0], toRate, toChannels);
        this.fromRate = fromRate;
        this.fromChannels = fromChannels;
        this.toRate = toRate;
        this.toChannels = toChannels;
        double cut = Math.min(1.0, (double) toRate / fromRate) * 0.95;
        reach = (int) Math.ceil(ZERO_CROSSINGS / cut);
        kernel = new float[reach * PHASES + 2];
        for (int i = 0; i < kernel.length; i++) {
            double t = (double) i / PHASES;
            double x = Math.PI * t * cut;
            double window = t >= reach
                    ? 0
                    : 0.42 + 0.5 * Math.cos(Math.PI * t / reach) + 0.08 * Math.cos(2 * Math.PI * t / reach);
            kernel[i] = (float) (cut * (i == 0 ? 1 : Math.sin(x) / x) * window);
        }
        held = new float[toChannels][4 * reach];
        heldCount = reach;
        position = (long) reach * toRate;
    }

    /**
     * Whether a frame has the rate and channels that this one takes.
     *
     * @param f any frame
     * @return false where {@link #resample(AudioFrame)} would throw
     */
    public boolean fits(AudioFrame f) {
        return f.sampleRate() == fromRate && f.channels() == fromChannels;
    }

    /**
     * Converts a frame, as far as its end is known: the last samples wait for the next one.
     *
     * @param frame of the rate and channels that this takes
     * @return the audio at the other rate; where nothing is to be changed, the frame itself
     * @throws IllegalArgumentException where the frame has another rate or number of channels than this takes
     */
    public AudioFrame resample(AudioFrame frame) {
        if (!fits(frame)) {
            throw new IllegalArgumentException(
                    "audio of " + frame.sampleRate() + " Hz in " + frame.channels() + " channels was given where "
                            + fromRate + " Hz in " + fromChannels
                            + " was said: a stream that changes needs a new resampler");
        }
        return fromRate == toRate && fromChannels == toChannels
                ? frame
                : new AudioFrame(resample(frame.samples()), toRate, toChannels);
    }

    /**
     * Converts samples; the last of them, 16 zero crossings of the filter, wait for the next call.
     *
     * @param samples interleaved
     * @return what of the output is known with these, interleaved
     */
    public short[] resample(short[] samples) {
        int n = samples.length / fromChannels;
        if (fromRate == toRate) {
            return fromChannels == toChannels ? samples : mixed(samples, n);
        }
        take(samples, n);
        int count = 0;
        for (long p = position; p / toRate + reach < heldCount; p += fromRate) {
            count++;
        }
        short[] out = new short[count * toChannels];
        for (int i = 0; i < count; i++, position += fromRate) {
            int at = (int) (position / toRate);
            float fraction = (float) (position % toRate) / toRate;
            for (int c = 0; c < toChannels; c++) {
                out[i * toChannels + c] = (short) Math.max(
                        Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(sample(held[c], at, fraction))));
            }
        }
        int done = Math.max(0, (int) (position / toRate) - reach);
        for (float[] h : held) {
            System.arraycopy(h, done, h, 0, heldCount - done);
        }
        heldCount -= done;
        position -= (long) done * toRate;
        return out;
    }

    /** Other channels alone: nothing is filtered or held back. */
    private short[] mixed(short[] samples, int n) {
        short[] out = new short[n * toChannels];
        for (int i = 0; i < n; i++) {
            if (toChannels == 1) {
                out[i] = (short) (samples[2 * i] + samples[2 * i + 1] >> 1);
            } else {
                out[2 * i] = samples[i];
                out[2 * i + 1] = samples[i];
            }
        }
        return out;
    }

    private void take(short[] samples, int n) {
        if (heldCount + n > held[0].length) {
            for (int c = 0; c < toChannels; c++) {
                held[c] = Arrays.copyOf(held[c], heldCount + n + reach);
            }
        }
        for (int i = 0; i < n; i++) {
            if (toChannels == fromChannels) {
                for (int c = 0; c < toChannels; c++) {
                    held[c][heldCount + i] = samples[i * fromChannels + c];
                }
            } else if (toChannels == 1) {
                held[0][heldCount + i] = (samples[i * fromChannels] + samples[i * fromChannels + 1]) / 2f;
            } else {
                held[0][heldCount + i] = samples[i];
                held[1][heldCount + i] = samples[i];
            }
        }
        heldCount += n;
    }

    private float sample(float[] in, int at, float fraction) {
        float sum = 0;
        float d = fraction;
        for (int i = at; i > at - reach; i--, d += 1) {
            sum += in[i] * weight(d);
        }
        d = 1 - fraction;
        for (int i = at + 1; i <= at + reach; i++, d += 1) {
            sum += in[i] * weight(d);
        }
        return sum;
    }

    private float weight(float distance) {
        float k = distance * PHASES;
        int i = (int) k;
        return i >= kernel.length - 1 ? 0 : kernel[i] + (kernel[i + 1] - kernel[i]) * (k - i);
    }
}
