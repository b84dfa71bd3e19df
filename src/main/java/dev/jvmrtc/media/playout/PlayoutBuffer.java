package dev.jvmrtc.media.playout;

import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.Resampler;

/**
 * Between sound that comes unevenly and a loudspeaker that takes it evenly. It waits as long as the sound's arrival
 * varies, no longer: when it holds more or less than that, because the sender's clock and the player's differ or the
 * network has changed, it plays up to half a percent faster or slower, which nobody hears, until that is made good.
 * Where nothing is left it fades to silence, and begins again when enough has been gathered.
 *
 * <p>Sans I/O: whoever puts and takes tells the time. Any thread may call any method.
 */
public final class PlayoutBuffer {
    /** The least that is held back where nobody asks for more or less, and the most for the sake of uneven arrival. */
    static final int MIN_DELAY_MILLIS = 40;

    static final int MAX_DELAY_MILLIS = 300;
    /** The most that may be asked for (webrtc-pc §5.3, jitterBufferTarget). */
    static final int MAX_MINIMUM_MILLIS = 4_000;
    /** A delay that grows by more than this is not waited for by playing slower, but by a pause. */
    private static final int PAUSE_MILLIS = 80;
    /** More than this above the delay is cut out at once: it would take minutes to play it away. */
    private static final int CUT_MILLIS = 250;
    /** Room beyond the delay and what is cut. */
    private static final int SPARE_MILLIS = 450;

    private static final int FADE_MILLIS = 5;
    private static final double MAX_STRETCH = 0.005;
    /** By how much faster it plays for each second that it holds too much. */
    private static final double STRETCH_PER_SECOND = 0.1;
    /** How fast a measured variation of arrival is forgotten, for each second. */
    private static final double FORGET_PER_SECOND = 0.1;
    /** A new level of the buffer counts for this much in its average, for each second. */
    private static final double LEVEL_WEIGHT_PER_SECOND = 2;

    private static final double SECOND = 1e9;

    private final int rate;
    private final int channels;
    private short[] ring;
    private int capacity;
    private int minimumMillis = MIN_DELAY_MILLIS;
    private Resampler resampler;
    /** Samples (of all channels at once) put and taken since the beginning; taken with its fraction. */
    private long put;

    private double taken;
    private long lastPutNanos;
    private long firstPutNanos;
    private long putAtFirst;
    /** By how much the earliest and the latest sound came before and after it was due, in seconds. */
    private double earliest;

    private double latest;
    private double level;
    private boolean playing;
    /** Nothing was left, while more was on its way. */
    private boolean resuming;

    private int fadedIn;
    private final short[] last;
    private long cutSamples;
    private long dryTimes;
    private double skipped;
    private double stretched;
    private long silent;

    /** Plays at this rate, in so many channels; what is put is brought to them. */
    public PlayoutBuffer(int sampleRate, int channels) {
        this.rate = sampleRate;
        this.channels = channels;
        this.capacity = samples(MAX_DELAY_MILLIS + CUT_MILLIS + SPARE_MILLIS);
        this.ring = new short[capacity * channels];
        this.last = new short[channels];
    }

    /** Takes sound that has come. */
    public synchronized void put(AudioFrame frame, long nowNanos) {
        if (resampler == null || !resampler.fits(frame)) {
            resampler = new Resampler(frame.sampleRate(), frame.channels(), rate, channels);
        }
        short[] samples = resampler.resample(frame.samples());
        int n = samples.length / channels;
        measure(nowNanos, n);
        for (int i = 0; i < n; i++, put++) {
            System.arraycopy(samples, i * channels, ring, (int) (put % capacity) * channels, channels);
        }
        double held = put - taken;
        int most = samples(delayMillis() + CUT_MILLIS);
        if (held > Math.min(most, capacity - 1)) {
            double cut = held - samples(delayMillis());
            taken += cut;
            cutSamples += (long) cut;
            level = samples(delayMillis());
            fadedIn = 0;
        }
    }

    /**
     * Holds back at least so much, however evenly the sound comes: from 10 to 4,000 ms; 40 where nothing was set. More
     * than before is waited for by playing slower, or, where it is much more, by a pause.
     */
    public synchronized void setMinimumDelayMillis(int millis) {
        int wanted = Math.max(10, Math.min(MAX_MINIMUM_MILLIS, millis));
        if (wanted == minimumMillis) {
            return;
        }
        minimumMillis = wanted;
        int needed = samples(Math.max(MAX_DELAY_MILLIS, wanted) + CUT_MILLIS + SPARE_MILLIS);
        if (needed > capacity) {
            short[] larger = new short[needed * channels];
            for (long at = Math.max(0, put - capacity); at < put; at++) {
                System.arraycopy(
                        ring, (int) (at % capacity) * channels, larger, (int) (at % needed) * channels, channels);
            }
            ring = larger;
            capacity = needed;
        }
        if (playing && put - taken < samples(wanted - PAUSE_MILLIS)) {
            playing = false;
        }
    }

    /** The sender has paused: what comes next is in time whenever it comes. */
    public synchronized void pause() {
        firstPutNanos = 0;
        resuming = false;
    }

    private int samples(int millis) {
        return rate / 1_000 * millis;
    }

    private void measure(long now, int n) {
        double due = firstPutNanos + (put - putAtFirst) * SECOND / rate;
        if (firstPutNanos == 0 || now - lastPutNanos > SECOND / 2) {
            firstPutNanos = now; // the first sound, or the first after a pause, is in time whenever it comes
            putAtFirst = put;
            latest -= earliest; // how unevenly it came before is not forgotten
            earliest = 0;
        } else {
            double late = (now - due) / SECOND;
            double forget = Math.min(1, FORGET_PER_SECOND * (now - lastPutNanos) / SECOND);
            earliest = Math.min(late, earliest + (late - earliest) * forget);
            latest = Math.max(late, latest + (late - latest) * forget);
        }
        lastPutNanos = now;
    }

    /** How long sound is held back at present, in milliseconds: a frame more than its arrival varies. */
    public synchronized int delayMillis() {
        return (int) Math.max(minimumMillis, Math.min(MAX_DELAY_MILLIS, (latest - earliest) * 1_000 + 20));
    }

    /** Fills the array with what is to be heard next. */
    public synchronized void take(short[] out) {
        int n = out.length / channels;
        double held = put - taken;
        if (!playing && held >= samples(delayMillis()) / (resuming ? 2 : 1)) {
            playing = true;
            resuming = false;
            level = held;
            fadedIn = 0;
        }
        level += (held - level) * Math.min(1, LEVEL_WEIGHT_PER_SECOND * n / rate);
        double excess = (level - samples(delayMillis())) / rate;
        double step = 1 + Math.max(-MAX_STRETCH, Math.min(MAX_STRETCH, excess * STRETCH_PER_SECOND));
        for (int i = 0; i < n; i++) {
            if (playing && put - taken < 3) {
                playing = false;
                resuming = true; // what comes late by now has waited long enough
                dryTimes++;
            }
            if (playing) {
                double in = Math.min(1, (double) ++fadedIn / samples(FADE_MILLIS));
                for (int c = 0; c < channels; c++) {
                    last[c] = (short) Math.round(sample(c) * in);
                    out[i * channels + c] = last[c];
                }
                taken += step;
                skipped += Math.max(0, step - 1);
                stretched += Math.max(0, 1 - step);
            } else {
                silent += put > 0 ? 1 : 0;
                for (int c = 0; c < channels; c++) {
                    last[c] = (short) (last[c] * (1 - 1.0 / samples(FADE_MILLIS)));
                    out[i * channels + c] = last[c];
                }
            }
        }
    }

    /** Between the samples around the place that is played, by a cubic through four of them. */
    private double sample(int channel) {
        long at = (long) taken;
        double t = taken - at;
        double a = value(Math.max(0, at - 1), channel);
        double b = value(at, channel);
        double c = value(at + 1, channel);
        double d = value(at + 2, channel);
        double v = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
        return Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, v));
    }

    private int value(long at, int channel) {
        return ring[(int) (at % capacity) * channels + channel];
    }

    /** Whether sound is given, not silence. */
    public synchronized boolean isPlaying() {
        return playing;
    }

    /** What waits to be heard, in milliseconds. */
    public synchronized int heldMillis() {
        return (int) ((put - taken) * 1_000 / rate);
    }

    /** What was cut out because too much had gathered, in milliseconds. */
    public synchronized long cutMillis() {
        return cutSamples * 1_000 / rate;
    }

    /**
     * Samples that were left out by playing faster, those that were cut out included; of all channels at once, as
     * below.
     */
    public synchronized long skippedSamples() {
        return cutSamples + (long) skipped;
    }

    /** Samples that were added by playing slower. */
    public synchronized long addedSamples() {
        return (long) stretched;
    }

    /** Samples of silence, since nothing was left, since the first sound. */
    public synchronized long silentSamples() {
        return silent;
    }

    /** How often nothing was left to play. */
    public synchronized long dryTimes() {
        return dryTimes;
    }
}
