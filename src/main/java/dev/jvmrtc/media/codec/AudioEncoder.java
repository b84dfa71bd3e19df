package dev.jvmrtc.media.codec;

/**
 * Makes encoded frames of sound, for one sender. Called by one thread at a time, never by the thread of a connection.
 */
public interface AudioEncoder extends AutoCloseable {

    /** Of the samples that it takes, in Hz. */
    int sampleRate();

    /** Of the samples that it takes: 1 or 2. */
    int channels();

    /** Of the RTP timestamps, in Hz: G.722 samples at 16,000, but counts 8,000 (RFC 3551 §4.5.2). */
    int rtpClockRate();

    /** How long the sound of a frame lasts, in milliseconds. */
    default int frameMillis() {
        return 20;
    }

    /** Encodes {@link #frameMillis()} of sound; null where nothing need be sent. */
    byte[] encode(short[] samples);

    /** @param bitsPerSecond of the encoded sound; what cannot vary ignores it */
    default void setTargetBitrate(long bitsPerSecond) {}

    @Override
    default void close() {}
}
