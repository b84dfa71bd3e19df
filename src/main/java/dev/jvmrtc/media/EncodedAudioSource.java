package dev.jvmrtc.media;

import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import java.util.List;

/** An audio source that an application feeds with encoded frames: one frame is one RTP packet. */
public final class EncodedAudioSource extends AbstractSource {

    /** {@code formats}: what will be pushed, the best first. */
    public EncodedAudioSource(List<EncodedFormat> formats) {
        super("audio", formats);
    }

    public EncodedAudioSource(String codec) {
        this(List.of(EncodedFormat.of(codec)));
    }

    /** Hands a frame to all senders and sinks of this source's tracks. From any one thread at a time; never blocks. */
    public void push(EncodedFrame frame) {
        deliver(frame);
    }
}
