package dev.jvmrtc.media.frame;

import java.util.List;

/**
 * Where a track's media comes from: a generator, a file, an encoder, or the network. A source delivers to any number of
 * sinks; a track is a view of it.
 *
 * <p>Implementations are called from several threads.
 */
public interface MediaSource {

    /** "audio" or "video". */
    String kind();

    /**
     * What it can deliver, the best first. A sender uses the first negotiated codec that is here; empty where that is
     * not known yet.
     */
    List<EncodedFormat> formats();

    void addSink(MediaSink sink);

    void removeSink(MediaSink sink);

    /**
     * A receiver cannot go on without a key frame. {@code rid} names the simulcast layer, null for all. A source
     * without key frames ignores it.
     */
    default void requestKeyFrame(String rid) {}

    /** How much a sender can carry at present, in bits per second. {@code rid} as above. */
    default void targetBitrate(String rid, long bitsPerSecond) {}

    /** A sender was negotiated with this one of {@link #formats()}: frames of other codecs will not be sent. */
    default void formatSelected(EncodedFormat format) {}

    /** How its media is by itself, as far as that is known. */
    default MediaTrackSettings settings() {
        return MediaTrackSettings.NONE;
    }

    /** The last track of the source was stopped. */
    default void stopped() {}
}
