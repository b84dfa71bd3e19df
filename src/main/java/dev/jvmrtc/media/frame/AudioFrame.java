package dev.jvmrtc.media.frame;

/**
 * Audio as 16-bit samples, channels interleaved.
 *
 * @param samples {@code channels} values for each instant
 * @param sampleRate in Hz, from 8,000 to 192,000
 * @param channels 1 or 2
 */
public record AudioFrame(short[] samples, int sampleRate, int channels) {

    /**
     * Checks the arguments.
     *
     * @param samples interleaved, of 16 bits; as many for each channel
     * @param sampleRate in Hz, 8,000 to 192,000
     * @param channels 1 or 2
     * @throws IllegalArgumentException where one of them is out of range
     */
    public AudioFrame {
        if (sampleRate < 8_000 || sampleRate > 192_000) {
            throw new IllegalArgumentException("audio has 8,000 to 192,000 samples a second, not " + sampleRate);
        }
        if (channels < 1 || channels > 2 || samples.length % channels != 0) {
            throw new IllegalArgumentException(
                    "samples come in one channel or in pairs, not " + samples.length + " in " + channels + " channels");
        }
    }

    /** {@return how long it lasts, in microseconds} */
    public long durationMicros() {
        return samples.length / channels * 1_000_000L / sampleRate;
    }

    /** {@return silence of the same length, rate and channels} */
    public AudioFrame silence() {
        return new AudioFrame(new short[samples.length], sampleRate, channels);
    }
}
