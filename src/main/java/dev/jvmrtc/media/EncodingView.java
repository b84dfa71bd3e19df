package dev.jvmrtc.media;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A raw track as a source of encoded frames, for one sender: what {@link MediaStreamTrack#encoded()} gives. Encodes while it has a sink and a format was selected.
 * A codec that throws is made anew, and counted.
 */
public abstract class EncodingView extends AbstractSource {
    private static final Logger LOG = LoggerFactory.getLogger(EncodingView.class);
    final MediaStreamTrack track;
    private final MediaSink input = new MediaSink() {
        @Override
        public boolean wantsVideo() {
            return kind().equals("video");
        }

        @Override
        public boolean wantsAudio() {
            return kind().equals("audio");
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

    EncodingView(MediaStreamTrack track) {
        super(track.getKind(), Codecs.encoders(track.getKind()));
        this.track = track;
        track.addSink(input);
    }

    void accept(VideoFrame frame) {
    }

    void accept(AudioFrame frame) {
    }

    @Override
    public void formatSelected(EncodedFormat selected) {
        format = selected;
        super.formatSelected(selected);
    }

    @Override
    public void targetBitrate(String rid, long bitsPerSecond) {
        targetBitrate = bitsPerSecond;
        super.targetBitrate(rid, bitsPerSecond);
    }

    /** What the sender's encoding asks for beside the bitrate. */
    public void setLimits(EncodingLimits newLimits) {
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
        return !closed && format != null && hasSinks();
    }

    final void countDropped() {
        meter.dropped();
    }

    /** Counted; told once aloud, since a codec that fails once may fail with every frame. */
    final void fail(Logger log, Throwable e) {
        log.atLevel(failures++ == 0 ? Level.WARN : Level.DEBUG).setCause(e).log("the encoder of {} failed and is made anew", format.codec());
    }

    /** What the encoder has done so far. */
    public CodecStatistics getStatistics() {
        return meter.statistics("none");
    }

    /** What has come from the track so far. */
    public final SourceStatistics getSourceStatistics() {
        CodecStatistics p = pictures.statistics("none");
        return new SourceStatistics(p.width(), p.height(), p.frames(), p.framesPerSecond(), sound.level(), sound.energy(), sound.seconds());
    }

    /** How often the codec threw. */
    public final long getCodecFailures() {
        return failures;
    }

    /** Takes nothing more from the track, and lets go of the encoder. */
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
