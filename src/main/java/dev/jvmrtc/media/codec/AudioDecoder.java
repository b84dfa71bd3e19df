package dev.jvmrtc.media.codec;

import dev.jvmrtc.media.frame.AudioFrame;

/**
 * Makes raw audio of encoded frames, for one receiver. Called by one thread at a time, never by the thread of a
 * connection.
 */
public interface AudioDecoder extends AutoCloseable {

    /**
     * Decodes a frame.
     *
     * @param frame an encoded frame as it came over the network; not to be changed
     * @return the audio; its array belongs to the caller
     * @throws CodecException where the frame cannot be decoded: it is counted by the reason, and concealed
     */
    AudioFrame decode(byte[] frame) throws CodecException;

    /**
     * What stands for a frame that did not come: made of the frame after it where that carries a copy (in-band FEC),
     * else of what was heard before.
     *
     * @param next the frame after the lost one, or null where that is not known
     * @param millis how long it lasts
     * @return audio of that length
     * @throws CodecException where nothing can be made up
     */
    AudioFrame conceal(byte[] next, int millis) throws CodecException;

    @Override
    default void close() {}
}
