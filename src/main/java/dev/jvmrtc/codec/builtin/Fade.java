package dev.jvmrtc.codec.builtin;

/** Stands in for lost audio where a codec has no means of its own: what was heard last, over and over, ever softer. */
final class Fade {
    /** Each time that the last frame is played again. */
    private static final double SOFTER = 0.6;

    private short[] last = new short[0];
    private double gain;

    void heard(short[] samples) {
        last = samples;
        gain = 1;
    }

    /** Back and forth through the last frame, so that there is no step between repetitions. */
    short[] out(int count) {
        short[] s = new short[count];
        if (last.length < 2) {
            return s;
        }
        double end = gain * SOFTER;
        int at = last.length - 1;
        int step = -1;
        for (int i = 0; i < count; i++) {
            s[i] = (short) (last[at] * (gain + (end - gain) * i / count));
            if (at + step < 0 || at + step >= last.length) {
                step = -step;
            }
            at += step;
        }
        gain = end;
        return s;
    }
}
