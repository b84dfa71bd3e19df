package dev.jvmrtc.media;

import dev.jvmrtc.media.frame.AudioFrame;

/** Looks for a tone in audio samples. */
public final class Tone {

    private Tone() {}

    /** How much of the power lies at a frequency, from 0 to 1; of the first channel. */
    public static double share(AudioFrame f, double hertz) {
        double re = 0;
        double im = 0;
        double all = 0;
        int n = f.samples().length / f.channels();
        for (int i = 0; i < n; i++) {
            double v = f.samples()[i * f.channels()];
            re += v * Math.cos(2 * Math.PI * hertz * i / f.sampleRate());
            im += v * Math.sin(2 * Math.PI * hertz * i / f.sampleRate());
            all += v * v;
        }
        return all == 0 ? 0 : 2 * (re * re + im * im) / n / all;
    }
}
