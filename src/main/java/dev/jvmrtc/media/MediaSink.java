package dev.jvmrtc.media;

/**
 * Takes what a track delivers. Called on the executor of the connection that the track belongs to, one call at a time, in order; for a local source on the
 * thread that pushes. A sink that is slow delays only its own connection's callbacks; frames beyond a bound are dropped and counted.
 */
public interface MediaSink {

    /** A whole encoded frame, in decode order; not of tracks whose source gives raw media, see {@link MediaStreamTrack#encoded()}. After a loss that was not repaired, pictures start again with a key frame. */
    default void onEncodedFrame(EncodedFrame frame) {
    }

    /** An RTP packet in the clear, in the order of arrival; only where {@link #wantsRtp()} says so. The array is the sink's. */
    default void onRtpPacket(byte[] packet) {
    }

    /**
     * A picture; only where {@link #wantsVideo()} says so. It is only lent: see {@link VideoFrame#keep()}. Of an encoded track, pictures are decoded and this is called
     * on a thread for codecs, which a slow taker keeps from decoding: frames are then dropped up to the next key frame.
     */
    default void onVideoFrame(VideoFrame frame) {
    }

    /**
     * Sound; only where {@link #wantsAudio()} says so. Of an encoded track it is decoded, and comes every 10 ms, 10 ms long, on a thread for codecs; the array is shared
     * with other takers.
     */
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

    /** Asked once, when the sink is added. */
    default boolean wantsVideo() {
        return false;
    }
}
