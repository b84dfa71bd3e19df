package dev.jvmrtc.media;

import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import java.util.List;

/** A video source that an application feeds with encoded frames, from an encoder, a file or another network. */
public final class EncodedVideoSource extends AbstractSource {

    /** {@code formats}: what will be pushed, the best first. */
    public EncodedVideoSource(List<EncodedFormat> formats) {
        super("video", formats);
    }

    public EncodedVideoSource(String codec) {
        this(List.of(EncodedFormat.of(codec)));
    }

    /** Hands a frame to all senders and sinks of this source's tracks. From any one thread at a time; never blocks. */
    public void push(EncodedFrame frame) {
        deliver(frame);
    }
}
