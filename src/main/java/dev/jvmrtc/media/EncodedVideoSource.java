package dev.jvmrtc.media;

import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import java.util.List;

/** A video source that an application feeds with encoded frames, from an encoder, a file or another network. */
public final class EncodedVideoSource extends AbstractSource {

    /**
     * A source of several formats.
     *
     * @param formats what will be pushed, the best first; a sender is negotiated with one of them
     */
    public EncodedVideoSource(List<EncodedFormat> formats) {
        super("video", formats);
    }

    /**
     * A source of one format without parameters.
     *
     * @param codec its name in SDP, such as {@code VP8}
     */
    public EncodedVideoSource(String codec) {
        this(List.of(EncodedFormat.of(codec)));
    }

    /**
     * Hands a frame to all senders and sinks of this source's tracks. From any one thread at a time; never blocks.
     *
     * @param frame not to be changed any more; of a codec that a sender has not negotiated, that sender drops it
     */
    public void push(EncodedFrame frame) {
        deliver(frame);
    }
}
