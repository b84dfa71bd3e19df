package dev.jvmrtc.media.frame;

import java.util.List;

/**
 * Where a track's media comes from: a generator, a file, an encoder, or the network. A source delivers to any number of
 * sinks; a track is a view of it.
 *
 * <p>Implementations are called from several threads.
 */
public interface MediaSource {

    /** {@return "audio" or "video"} Never changes. */
    String kind();

    /**
     * What it can deliver, the best first. A sender uses the first negotiated codec that is here.
     *
     * @return formats; empty where they are not known yet
     */
    List<EncodedFormat> formats();

    /**
     * Gives a sink what comes from now on; adding one twice has no effect.
     *
     * @param sink which is called until it is removed
     */
    void addSink(MediaSink sink);

    /**
     * Gives a sink nothing more; one that is being called may get one more frame.
     *
     * @param sink one that was added; others are ignored
     */
    void removeSink(MediaSink sink);

    /**
     * A receiver cannot go on without a key frame. A source without key frames ignores it.
     *
     * @param rid of the simulcast layer; null for all
     */
    default void requestKeyFrame(String rid) {}

    /**
     * How much a sender can carry at present. A source of one rate ignores it.
     *
     * @param rid of the simulcast layer; null for all
     * @param bitsPerSecond of encoded media, without what packets cost
     */
    default void targetBitrate(String rid, long bitsPerSecond) {}

    /**
     * A sender was negotiated: frames of other codecs will not be sent.
     *
     * @param format one of {@link #formats()}
     */
    default void formatSelected(EncodedFormat format) {}

    /** {@return how its media is by itself, as far as that is known} By default, {@link MediaTrackSettings#NONE}. */
    default MediaTrackSettings settings() {
        return MediaTrackSettings.NONE;
    }

    /** The last track of the source was stopped. */
    default void stopped() {}
}
