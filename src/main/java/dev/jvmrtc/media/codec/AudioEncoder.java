package dev.jvmrtc.media.codec;

/**
 * Makes encoded frames of audio, for one sender. Called by one thread at a time, never by the thread of a connection.
 */
public interface AudioEncoder extends AutoCloseable {

    /** {@return the sampling rate of what it takes, in Hz} Never changes. */
    int sampleRate();

    /** {@return how many channels it takes, interleaved: 1 or 2} Never changes. */
    int channels();

    /**
     * {@return the clock rate of the RTP timestamps, in Hz} G.722 samples at 16,000, but counts 8,000 (RFC 3551
     * §4.5.2).
     */
    int rtpClockRate();

    /** {@return how much audio a frame holds, in milliseconds} By default 20. */
    default int frameMillis() {
        return 20;
    }

    /**
     * Encodes {@link #frameMillis()} of audio.
     *
     * @param samples interleaved, 16 bits each, at {@link #sampleRate()}; not to be changed
     * @return the frame, the caller's to keep; null where nothing need be sent
     */
    byte[] encode(short[] samples);

    /** @param bitsPerSecond of the encoded audio; what cannot vary ignores it */
    default void setTargetBitrate(long bitsPerSecond) {}

    @Override
    default void close() {}
}
