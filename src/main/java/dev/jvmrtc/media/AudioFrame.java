package dev.jvmrtc.media;

/**
 * Sound as 16-bit samples, channels interleaved.
 *
 * @param samples {@code channels} values for each instant
 * @param sampleRate in Hz
 * @param channels 1 or 2
 */
public record AudioFrame(short[] samples, int sampleRate, int channels) {
}
