package dev.jvmrtc.media;

/**
 * A video source that an application feeds with pictures. Senders encode them, each for its own path, with the codec that was negotiated; other takers of the
 * track get them as they are.
 */
public class VideoSource extends AbstractSource implements RawSource {

    private volatile MediaTrackSettings settings = MediaTrackSettings.NONE;

    public VideoSource() {
        super("video", Codecs.encoders("video"));
    }

    /** The size of the picture that was pushed last. */
    @Override
    public MediaTrackSettings settings() {
        return settings;
    }

    /** Hands a picture to all takers, and gives it away: the caller must not touch it any more. From one thread at a time; never blocks. */
    public final void push(VideoFrame frame) {
        MediaTrackSettings s = settings;
        if (s.width() == null || s.width() != frame.width() || s.height() != frame.height()) {
            settings = MediaTrackSettings.ofPictures(frame.width(), frame.height(), null);
        }
        try {
            deliverVideo(frame);
        } finally {
            frame.release();
        }
    }

    @Override
    public final EncodingView encode(MediaStreamTrack track) {
        return new VideoEncoding(track);
    }
}
