package dev.jvmrtc.media.frame;

/**
 * A track's media as encoded frames, for one taker, a sender or a file: encoded by an encoder of its own where the
 * track is raw, else passed through as its source delivers it. {@code MediaStreamTrack.encoded()} makes one; whoever
 * asked for it closes it.
 *
 * <p>Any thread may call any method.
 */
public interface EncodedMedia extends MediaSource, AutoCloseable {

    /**
     * The frames are to be of this one of {@link #formats()}, with what was negotiated of it; with null, an encoder of
     * its own rests until it is told another.
     */
    @Override
    void formatSelected(EncodedFormat format);

    /**
     * Whether an encoder of its own makes the frames: then all of {@link #formats()} can be had, as negotiated, and
     * {@link #setLimits} is heeded.
     */
    boolean isEncodedHere();

    /** What is asked of the encoder beside the bitrate; media that is passed through stays as it is. */
    void setLimits(EncodingLimits limits);

    /** What the encoder has done so far; null where there is none. */
    CodecStatistics getStatistics();

    /** What has come from the track so far; null where nothing is encoded here. */
    SourceStatistics getSourceStatistics();

    /** Takes nothing more from the track, and lets go of the encoder. Again it does nothing. */
    @Override
    void close();
}
