package dev.jvmrtc.media.codec;

import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.VideoFrame;

/**
 * Makes encoded frames of raw ones, for one sender. Called by one thread at a time, never by the thread of a
 * connection.
 */
public interface VideoEncoder extends AutoCloseable {

    /**
     * Encodes a video frame. Frames may change their size, with a key frame.
     *
     * @param frame what is to be encoded; it is lent, and not to be released
     * @param keyFrame whether the result has to be a key frame
     * @return the encoded frame; null where it is dropped for the sake of the bitrate
     */
    EncodedFrame encode(VideoFrame frame, boolean keyFrame);

    /** @param bitsPerSecond what is to be met within a second, from the next frame on */
    void setTargetBitrate(long bitsPerSecond);

    /**
     * Sets how many temporal layers the stream has, from the next frame on (webrtc-svc, L1T1 to L1T3).
     *
     * @param count 1, as it begins, to 3
     * @return false where it cannot: then there is one
     */
    default boolean setTemporalLayers(int count) {
        return false;
    }

    @Override
    default void close() {}
}
