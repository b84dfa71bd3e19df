package dev.jvmrtc.media.playout;

/**
 * How loud sound is, as webrtc-stats counts it (§8.4, audioLevel, totalAudioEnergy). Written by one thread, read by
 * any.
 */
public final class SoundMeter {
    private static final double FULL = 32_768;

    private double level;
    private double energy;
    private double seconds;

    public synchronized void heard(short[] samples, double duration) {
        double sum = 0;
        int peak = 0;
        for (short s : samples) {
            sum += (double) s * s;
            peak = Math.max(peak, Math.abs(s));
        }
        // The mean square of the samples, of which 1 is the largest, times the time.
        energy += samples.length == 0 ? 0 : sum / samples.length / (FULL * FULL) * duration;
        level = Math.min(1, peak / FULL);
        seconds += duration;
    }

    /** The highest of what was heard last, from 0 to 1. */
    public synchronized double level() {
        return level;
    }

    public synchronized double energy() {
        return energy;
    }

    public synchronized double seconds() {
        return seconds;
    }
}
