package dev.jvmrtc.media.pipeline;

import dev.jvmrtc.media.frame.MediaSink;
import dev.jvmrtc.media.playout.LipSync;

/** What encoding and decoding need to know of the track that they serve. Any thread may call any method. */
public interface TrackView {

    /** "audio" or "video". */
    String kind();

    /** Of the RTP timestamps of a codec, in Hz; 0 where it is not known. */
    int clockRate(String codec);

    /** What the content is (mst-content-hint); empty where that is not said. */
    String contentHint();

    /** For how long what is played is held back at least, in milliseconds; 0 leaves it to the playout. */
    int jitterBufferTargetMillis();

    /** What keeps the track in step with others; null where nothing does. */
    LipSync lipSync();

    /** Pixels of the largest picture that is decoded. */
    long maxDecodedPixels();

    /** Asks whoever sends the track for a key frame. */
    void requestKeyFrame();

    /**
     * Adds a sink of the track's media, which is given it as the track's holder wants it to be: black or silent while
     * the track is disabled.
     */
    void addSink(MediaSink sink);

    void removeSink(MediaSink sink);
}
