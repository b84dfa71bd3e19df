package dev.jvmrtc.media.frame;

import java.util.concurrent.CompletableFuture;

/**
 * Takes what a track delivers. Called on the executor of the connection that the track belongs to, one call at a time,
 * in order; for a local source on the thread that pushes. A sink that is slow delays only its own connection's
 * callbacks; frames beyond a bound are dropped and counted.
 */
public interface MediaSink {

    /**
     * A whole encoded frame, in decode order; not of tracks whose source gives raw media, see
     * {@code MediaStreamTrack.encoded()}. After a loss that was not repaired, pictures start again with a key frame.
     */
    default void onEncodedFrame(EncodedFrame frame) {}

    /**
     * An RTP packet in the clear, in the order of arrival; only where {@link #wantsRtp()} says so. The array is the
     * sink's.
     */
    default void onRtpPacket(byte[] packet) {}

    /**
     * A packet that a disabled track withholds: a sink that numbers what it sends on leaves no gap for it. Only where
     * {@link #wantsRtp()} says so.
     *
     * @param packet as it would have been given to {@link #onRtpPacket}; it stays the caller's
     */
    default void onRtpSkipped(byte[] packet) {}

    /**
     * Asked after each packet of a source that is fed by its application, on the thread that pushes. Null, as by
     * default, where the sink takes the next packet at once; else a future that completes when it does. What is pushed
     * before is dropped and counted.
     */
    default CompletableFuture<Void> rtpRoom() {
        return null;
    }

    /**
     * A picture; only where {@link #wantsVideo()} says so. It is only lent: see {@link VideoFrame#keep()}. Of an
     * encoded track, pictures are decoded and this is called on a thread for codecs, which a slow taker keeps from
     * decoding: frames are then dropped up to the next key frame.
     */
    default void onVideoFrame(VideoFrame frame) {}

    /**
     * Sound; only where {@link #wantsAudio()} says so. Of an encoded track it is decoded, and comes every 10 ms, 10 ms
     * long, on a thread for codecs; the array is shared with other takers.
     */
    default void onAudioFrame(AudioFrame frame) {}

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
