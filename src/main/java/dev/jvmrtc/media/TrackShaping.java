package dev.jvmrtc.media;

import dev.jvmrtc.media.frame.MediaDeviceInfo;
import dev.jvmrtc.media.frame.MediaSource;
import dev.jvmrtc.media.frame.MediaTrackSettings;
import dev.jvmrtc.media.frame.ULongRange;
import dev.jvmrtc.media.frame.VideoFrame;
import dev.jvmrtc.media.pipeline.FrameRateLimit;

/** What is asked of a track, what that comes to, and how its frames are made so. Any thread may call any method. */
final class TrackShaping {
    /** Of sources that do not tell theirs. */
    private static final double MAX_FRAME_RATE = 240;

    /** To frames of one size, what they are made to be; {@code null} where that is what they are. */
    private record Shape(MediaTrackConstraints constraints, int width, int height, MediaTrackSettings wanted) {}

    private final MediaSource source;
    /** Null where the track is none of a device. */
    private final MediaDeviceInfo device;

    private volatile MediaTrackConstraints constraints;
    /** Of the frames that came last; null before the first. */
    private volatile Shape shape;

    TrackShaping(MediaSource source, MediaDeviceInfo device, MediaTrackConstraints constraints) {
        this.source = source;
        this.device = device;
        this.constraints = constraints;
    }

    TrackShaping copy() {
        return new TrackShaping(source, device, constraints);
    }

    MediaTrackConstraints constraints() {
        return constraints;
    }

    /**
     * Throws where something required cannot be had of the source as it is now; of one that is not known yet it will be
     * seen when frames come.
     */
    void apply(MediaTrackConstraints wanted) {
        MediaTrackSettings natural = source.settings();
        if (isKnown(natural)) {
            ConstraintSolver.choose(capabilities(natural), natural, wanted);
        }
        constraints = wanted;
        shape = null;
    }

    MediaTrackSettings settings() {
        Shape s = shape;
        MediaTrackSettings now =
                s == null || s.wanted == null || s.constraints != constraints ? source.settings() : s.wanted;
        return device == null ? now : now.of(device);
    }

    MediaTrackCapabilities capabilities() {
        MediaTrackSettings natural = source.settings();
        return isKnown(natural)
                ? capabilities(natural)
                : device == null ? MediaTrackCapabilities.NONE : MediaTrackCapabilities.NONE.of(device);
    }

    private boolean isKnown(MediaTrackSettings natural) {
        return source.kind().equals("video") ? natural.width() != null : natural.sampleRate() != null;
    }

    private MediaTrackCapabilities capabilities(MediaTrackSettings natural) {
        MediaTrackCapabilities c = source.kind().equals("video")
                ? MediaTrackCapabilities.ofVideo(
                        natural.width(),
                        natural.height(),
                        natural.frameRate() == null ? MAX_FRAME_RATE : natural.frameRate())
                : MediaTrackCapabilities.ofAudio(
                        new ULongRange(natural.sampleRate(), natural.sampleRate()),
                        new ULongRange(natural.channelCount(), natural.channelCount()));
        return device == null ? c : c.of(device);
    }

    /** The frame as it was asked for, to be released by the caller; null where it is to be left out. */
    VideoFrame shape(VideoFrame frame, FrameRateLimit limit) {
        MediaTrackSettings wanted = wanted(frame);
        if (wanted == null) {
            return frame.keep();
        }
        // Of a source that is no faster than is wanted, none is left out for having come a little early.
        Double natural = source.settings().frameRate();
        boolean slower = wanted.frameRate() != null && (natural == null || wanted.frameRate() < natural);
        if (slower && !limit.takes(frame.timestampMicros(), wanted.frameRate())) {
            return null;
        }
        boolean same = wanted.width() == frame.width() && wanted.height() == frame.height();
        return same
                ? frame.keep()
                : frame.filling(wanted.width().intValue(), wanted.height().intValue());
    }

    private MediaTrackSettings wanted(VideoFrame frame) {
        MediaTrackConstraints c = constraints;
        if (c == MediaTrackConstraints.NONE) {
            return null;
        }
        Shape s = shape;
        if (s == null || s.constraints != c || s.width != frame.width() || s.height != frame.height()) {
            MediaTrackSettings natural = MediaTrackSettings.ofVideo(
                    frame.width(), frame.height(), source.settings().frameRate());
            MediaTrackSettings wanted;
            try {
                wanted = ConstraintSolver.choose(capabilities(natural), natural, c)
                        .settings();
            } catch (OverconstrainedError e) {
                wanted = null; // the source has changed: better so than not at all
            }
            s = new Shape(c, frame.width(), frame.height(), wanted);
            shape = s;
        }
        return s.wanted;
    }
}
