package dev.jvmrtc.media.frame;

/**
 * A track's media as encoded frames, for one sink, a sender or a file: encoded by an encoder of its own where the track
 * is raw, else passed through as its source delivers it. {@code MediaStreamTrack.encoded()} makes one; whoever asked
 * for it closes it.
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
     *
     * @return false where the frames are passed through as they come
     */
    boolean isEncodedHere();

    /**
     * Sets what is asked of the encoder beside the bitrate; media that is passed through stays as it is.
     *
     * @param limits which replace those of before
     */
    void setLimits(EncodingLimits limits);

    /** {@return what the encoder has done so far; null where there is none} */
    CodecStatistics getStatistics();

    /** {@return what has come from the track so far; null where nothing is encoded here} */
    SourceStatistics getSourceStatistics();

    /** Takes nothing more from the track, and lets go of the encoder. Again it does nothing. */
    @Override
    void close();
}
