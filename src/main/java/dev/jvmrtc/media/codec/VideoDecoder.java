package dev.jvmrtc.media.codec;

import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.VideoFrame;

/**
 * Makes raw frames of encoded ones, for one receiver. Called by one thread at a time, never by the thread of a
 * connection.
 */
public interface VideoDecoder extends AutoCloseable {
    /**
     * Pixels of the largest frame that is decoded where nothing else was set: 4096x2304, the largest of level 5.1 of
     * H.264.
     */
    long DEFAULT_MAX_PIXELS = 4_096L * 2_304;

    /**
     * Decodes a frame. The timestamp of what comes of it is the frame's.
     *
     * @param frame an encoded frame, in decode order
     * @return the video frame, the caller's to release; null where nothing is to be shown
     * @throws CodecException where the frame cannot be decoded: it is counted by the reason, and a key frame asked for
     */
    VideoFrame decode(EncodedFrame frame) throws CodecException;

    /**
     * Called before the first frame: frames of more pixels, width times height, are refused before anything is
     * allocated for them. A few bytes can announce any size; a decoder that does not know this method has to have a
     * limit of its own.
     *
     * @param pixels from 1; {@link #DEFAULT_MAX_PIXELS} where it is not called
     */
    default void setMaxPixels(long pixels) {}

    @Override
    default void close() {}
}
