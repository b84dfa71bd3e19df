package dev.jvmrtc.media;

/**
 * Takes what a track delivers. Called on the executor of the connection that the track belongs to, one call at a time, in order; for a local source on the
 * thread that pushes. A sink that is slow delays only its own connection's callbacks; frames beyond a bound are dropped and counted.
 */
public interface MediaSink {

    /** A whole encoded frame, in decode order. After a loss that was not repaired, pictures start again with a key frame. */
    default void onEncodedFrame(EncodedFrame frame) {
    }

    /** An RTP packet in the clear, in the order of arrival; only where {@link #wantsRtp()} says so. The array is the sink's. */
    default void onRtpPacket(byte[] packet) {
    }

    /** Decoded sound; only where {@link #wantsAudio()} says so and a decoder for the codec is there (G.711 is built in). */
    default void onAudioFrame(AudioFrame frame) {
    }

    /** Asked once, when the sink is added. */
    default boolean wantsRtp() {
        return false;
    }

    /** Asked once, when the sink is added. */
    default boolean wantsAudio() {
        return false;
    }
}
