package dev.jvmrtc.media.pipeline;

import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.CodecStatistics;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.EncodedMedia;
import dev.jvmrtc.media.frame.EncodingLimits;
import dev.jvmrtc.media.frame.MediaSink;
import dev.jvmrtc.media.frame.Sinks;
import dev.jvmrtc.media.frame.SourceStatistics;
import dev.jvmrtc.media.frame.VideoFrame;
import dev.jvmrtc.media.playout.SoundMeter;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A raw track as a source of encoded frames, for one sink. Encodes while it has a sink and a format was selected. A
 * codec that throws is made anew, and counted.
 */
public abstract class EncodingView implements EncodedMedia {
    private static final Logger LOG = LoggerFactory.getLogger(EncodingView.class);
    final TrackView track;
    private final List<EncodedFormat> formats;
    private final Sinks sinks;
    private final MediaSink input = new MediaSink() {
        @Override
        public boolean wantsVideo() {
            return track.kind().equals("video");
        }

        @Override
        public boolean wantsAudio() {
            return track.kind().equals("audio");
        }

        @Override
        public void onVideoFrame(VideoFrame frame) {
            pictures.worked(false, frame.width(), frame.height(), 0, System.nanoTime());
            accept(frame);
        }

        @Override
        public void onAudioFrame(AudioFrame frame) {
            sound.heard(frame.samples(), frame.durationMicros() / 1e6);
            accept(frame);
        }
    };
    private final CodecMeter pictures = new CodecMeter();
    private final SoundMeter sound = new SoundMeter();
    final MediaWorker worker = new MediaWorker();
    private volatile boolean closed;
    private volatile EncodedFormat format;
    private volatile EncodingLimits limits = EncodingLimits.NONE;
    private volatile long targetBitrate = START_BITRATE;
    final CodecMeter meter = new CodecMeter();
    private volatile long failures;
    /** Until a path has told what it carries. */
    static final long START_BITRATE = 300_000;

    EncodingView(TrackView track) {
        this.track = track;
        this.formats = Codecs.encoders(track.kind());
        this.sinks = new Sinks(track.kind());
        track.addSink(input);
    }

    /** An encoder of its own for a track's media. */
    public static EncodingView of(TrackView track) {
        return track.kind().equals("video") ? new VideoEncoding(track) : new AudioEncoding(track);
    }

    @Override
    public final boolean isEncodedHere() {
        return true;
    }

    @Override
    public final String kind() {
        return track.kind();
    }

    @Override
    public final List<EncodedFormat> formats() {
        return formats;
    }

    @Override
    public void addSink(MediaSink sink) {
        sinks.add(sink);
    }

    @Override
    public final void removeSink(MediaSink sink) {
        sinks.remove(sink);
    }

    final void deliver(EncodedFrame frame) {
        sinks.deliver(frame);
    }

    void accept(VideoFrame frame) {}

    void accept(AudioFrame frame) {}

    @Override
    public final void formatSelected(EncodedFormat selected) {
        format = selected;
    }

    @Override
    public final void targetBitrate(String rid, long bitsPerSecond) {
        targetBitrate = bitsPerSecond;
    }

    @Override
    public final void setLimits(EncodingLimits newLimits) {
        limits = newLimits;
    }

    final EncodingLimits limits() {
        return limits;
    }

    final EncodedFormat format() {
        return format;
    }

    final long target() {
        return targetBitrate;
    }

    final boolean isOpen() {
        return !closed && format != null && !sinks.isEmpty();
    }

    final void countDropped() {
        meter.dropped();
    }

    /** Counted; told once aloud, since a codec that fails once may fail with every frame. */
    final void fail(Logger log, Throwable e) {
        log.atLevel(failures++ == 0 ? Level.WARN : Level.DEBUG)
                .setCause(e)
                .log("the encoder of {} failed and is made anew", format);
    }

    @Override
    public CodecStatistics getStatistics() {
        return meter.statistics("none");
    }

    @Override
    public final SourceStatistics getSourceStatistics() {
        CodecStatistics p = pictures.statistics("none");
        return new SourceStatistics(
                p.width(), p.height(), p.frames(), p.framesPerSecond(), sound.level(), sound.energy(), sound.seconds());
    }

    /** How often the codec threw. */
    public final long getCodecFailures() {
        return failures;
    }

    @Override
    public final void close() {
        if (!closed) {
            closed = true;
            track.removeSink(input);
            worker.post(this::abandonEncoder);
        }
    }

    final boolean isClosed() {
        return closed;
    }

    abstract void closeEncoder();

    /** Lets go of an encoder that threw, which may throw again. */
    final void abandonEncoder() {
        try {
            closeEncoder();
        } catch (Throwable e) {
            LOG.debug("closing an encoder failed", e);
        }
    }
}
