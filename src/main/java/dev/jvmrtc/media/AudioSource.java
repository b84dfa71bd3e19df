package dev.jvmrtc.media;

import dev.jvmrtc.g711.G711;
import java.util.List;

/**
 * An audio source that an application feeds with samples. They are sent as G.711, which needs no codec library: whatever the rate, they are brought to 8 kHz
 * mono.
 */
public class AudioSource extends AbstractSource {
    private static final int RATE = 8_000;
    /** 20 ms. */
    private static final int SAMPLES_PER_FRAME = 160;

    private volatile boolean alaw;
    private final short[] pending = new short[SAMPLES_PER_FRAME];
    private int pendingCount;
    private long timestamp;
    private double phase;
    private double sum;
    private int summed;

    public AudioSource() {
        super("audio", List.of(EncodedFormat.of("PCMU"), EncodedFormat.of("PCMA")));
    }

    @Override
    public void formatSelected(EncodedFormat format) {
        alaw = format.codec().equalsIgnoreCase("PCMA");
        super.formatSelected(format);
    }

    /** Takes samples of any rate from 8,000 Hz up. From one thread at a time; never blocks. */
    public void push(AudioFrame frame) {
        if (frame.sampleRate() < RATE || frame.channels() < 1) {
            throw new IllegalArgumentException("samples come at 8,000 Hz or more, in one channel or more");
        }
        double step = (double) RATE / frame.sampleRate();
        for (int i = 0; i + frame.channels() <= frame.samples().length; i += frame.channels()) {
            double v = 0;
            for (int c = 0; c < frame.channels(); c++) {
                v += frame.samples()[i + c];
            }
            // Averaging all samples that fall into one output sample is a simple low pass, enough for telephone quality.
            sum += v / frame.channels();
            summed++;
            phase += step;
            if (phase >= 1) {
                phase -= 1;
                emit((short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(sum / summed))));
                sum = 0;
                summed = 0;
            }
        }
    }

    private void emit(short sample) {
        pending[pendingCount++] = sample;
        if (pendingCount < SAMPLES_PER_FRAME) {
            return;
        }
        pendingCount = 0;
        byte[] data = new byte[SAMPLES_PER_FRAME];
        boolean a = alaw;
        for (int i = 0; i < data.length; i++) {
            data[i] = a ? G711.encodeAlaw(pending[i]) : G711.encodeUlaw(pending[i]);
        }
        deliver(EncodedFrame.of(data, a ? "PCMA" : "PCMU", timestamp, true));
        timestamp += SAMPLES_PER_FRAME;
    }
}
