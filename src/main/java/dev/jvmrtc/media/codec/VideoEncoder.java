package dev.jvmrtc.media.codec;

import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.VideoFrame;

/**
 * Makes encoded frames of pictures, for one sender. Called by one thread at a time, never by the thread of a
 * connection.
 */
public interface VideoEncoder extends AutoCloseable {

    /**
     * Encodes a picture; null where it is dropped for the sake of the bitrate. Pictures may change their size, with a
     * key frame.
     *
     * @param keyFrame the frame has to be one
     */
    EncodedFrame encode(VideoFrame picture, boolean keyFrame);

    /** @param bitsPerSecond what is to be met within a second, from the next picture on */
    void setTargetBitrate(long bitsPerSecond);

    /**
     * From the next picture on the stream has so many temporal layers, 1 to 3 (webrtc-svc, L1T1 to L1T3).
     *
     * @return false where it cannot: then there is one
     */
    default boolean setTemporalLayers(int count) {
        return false;
    }

    @Override
    default void close() {}
}
