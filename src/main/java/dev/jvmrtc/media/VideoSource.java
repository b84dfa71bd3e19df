package dev.jvmrtc.media;

/**
 * A video source that an application feeds with pictures. Senders encode them, each for its own path, with the codec that was negotiated; other takers of the
 * track get them as they are.
 */
public class VideoSource extends AbstractSource implements RawSource {

    public VideoSource() {
        super("video", Codecs.encoders("video"));
    }

    /** Hands a picture to all takers, and gives it away: the caller must not touch it any more. From one thread at a time; never blocks. */
    public final void push(VideoFrame frame) {
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
