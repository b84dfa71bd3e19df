package dev.jvmrtc.media;

import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.frame.EncodedMedia;
import dev.jvmrtc.media.frame.MediaTrackSettings;
import dev.jvmrtc.media.frame.VideoFrame;
import dev.jvmrtc.media.pipeline.EncodingView;
import dev.jvmrtc.media.pipeline.TrackView;

/**
 * A video source that an application feeds with frames. Senders encode them, each for its own path, with the codec that
 * was negotiated; other sinks of the track get them as they are.
 */
public class VideoSource extends AbstractSource {

    private volatile MediaTrackSettings settings = MediaTrackSettings.NONE;

    /** A source to which nothing was pushed yet. */
    public VideoSource() {
        super("video", Codecs.encoders("video"));
    }

    /** The size of the frame that was pushed last. */
    @Override
    public MediaTrackSettings settings() {
        return settings;
    }

    /**
     * Hands a frame to all sinks. From one thread at a time; never blocks.
     *
     * @param frame given away: the caller must not touch it any more
     */
    public final void push(VideoFrame frame) {
        MediaTrackSettings s = settings;
        if (s.width() == null || s.width() != frame.width() || s.height() != frame.height()) {
            settings = MediaTrackSettings.ofVideo(frame.width(), frame.height(), null);
        }
        try {
            deliverVideo(frame);
        } finally {
            frame.release();
        }
    }

    @Override
    final EncodedMedia encode(TrackView track) {
        return EncodingView.of(track);
    }

    @Override
    final boolean isRaw() {
        return true;
    }
}
