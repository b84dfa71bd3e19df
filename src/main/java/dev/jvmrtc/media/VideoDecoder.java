package dev.jvmrtc.media;

/** Makes pictures of encoded frames, for one receiver. Called by one thread at a time, never by the thread of a connection. */
public interface VideoDecoder extends AutoCloseable {

    /**
     * Decodes a frame; null where it is not to be shown. The picture is the caller's, to be released. Its timestamp is the frame's.
     *
     * @throws CodecException where the frame cannot be decoded: it is counted by the reason, and a key frame asked for
     */
    VideoFrame decode(EncodedFrame frame) throws CodecException;

    @Override
    default void close() {
    }
}
