package dev.jvmrtc.media.pipeline;

import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.codec.VideoEncoder;
import dev.jvmrtc.media.frame.CodecStatistics;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.MediaSink;
import dev.jvmrtc.media.frame.VideoFrame;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Encodes a video track for one sender. Of the pictures that come while the encoder is busy, the latest waits; the
 * others are dropped and counted.
 */
final class VideoEncoding extends EncodingView {
    private static final Logger LOG = LoggerFactory.getLogger(VideoEncoding.class);
    private static final int RTP_CLOCK_KHZ = 90;
    /**
     * Key frames on request come no faster: on a path that loses because it is full, each makes it fuller, and is asked
     * for again. The request waits.
     */
    private static final long KEY_FRAME_INTERVAL_NANOS = 1_000_000_000L;

    /** A picture, and when it came, in milliseconds since 1970. */
    private record Pending(VideoFrame picture, long millis) {}

    private final AtomicReference<Pending> next = new AtomicReference<>();
    private volatile boolean keyFrameWanted = true;
    private long lastKeyFrameNanos = System.nanoTime() - KEY_FRAME_INTERVAL_NANOS;
    private VideoEncoder encoder;
    private EncodedFormat encoderFormat;
    private long encoderTarget;
    private int encoderLayers;
    private final FrameRateLimit frameRate = new FrameRateLimit();
    private final LoadAdaptation load = new LoadAdaptation();
    private volatile double loadScale = 1;

    VideoEncoding(TrackView track) {
        super(track);
    }

    @Override
    public void requestKeyFrame(String rid) {
        keyFrameWanted = true;
    }

    @Override
    public void addSink(MediaSink sink) {
        keyFrameWanted = true;
        super.addSink(sink);
    }

    @Override
    void accept(VideoFrame frame) {
        if (!isOpen()) {
            return;
        }
        Pending replaced = next.getAndSet(new Pending(frame.keep(), System.currentTimeMillis()));
        if (replaced != null) {
            replaced.picture.release();
            countDropped();
        } else {
            worker.post(this::encodeNext);
        }
    }

    private void encodeNext() {
        Pending p = next.getAndSet(null);
        if (p == null) {
            return;
        }
        try {
            if (isOpen() && frameRate.takes(p.picture.timestampMicros(), limits().maxFramerate())) {
                encode(p.picture, p.millis);
            }
        } finally {
            p.picture.release();
        }
    }

    private void encode(VideoFrame frame, long captureMillis) {
        EncodedFormat f = format();
        if (f == null) {
            return; // nothing is sent since
        }
        long start = System.nanoTime();
        VideoFrame upright = null;
        VideoFrame scaled = null;
        try {
            upright = frame.rotation() == 0 || limits().orientationSent() ? null : frame.upright();
            VideoFrame source = upright == null ? frame : upright;
            double scale = limits().scaleDownBy() * (keepsDetail() ? 1 : loadScale);
            scaled = scale == 1
                    ? null
                    : source.scaled(
                            Math.max(1, (int) (source.width() / scale)), Math.max(1, (int) (source.height() / scale)));
            if (encoder == null || !f.equals(encoderFormat)) {
                closeEncoder();
                encoder = Codecs.videoEncoder(f);
                encoderFormat = f;
                encoderTarget = 0;
                encoderLayers = 1;
                keyFrameWanted = true;
                lastKeyFrameNanos = start - KEY_FRAME_INTERVAL_NANOS;
            }
            if (encoderLayers != limits().temporalLayers()) {
                encoderLayers = limits().temporalLayers();
                encoder.setTemporalLayers(encoderLayers);
            }
            if (encoderTarget != target()) {
                encoderTarget = target();
                encoder.setTargetBitrate(encoderTarget);
            }
            boolean key = keyFrameWanted && start - lastKeyFrameNanos >= KEY_FRAME_INTERVAL_NANOS;
            keyFrameWanted &= !key;
            EncodedFrame e = encoder.encode(scaled == null ? source : scaled, key);
            if (e == null) {
                keyFrameWanted |= key;
                countDropped();
            } else {
                lastKeyFrameNanos = e.keyFrame() ? start : lastKeyFrameNanos;
                VideoFrame sent = scaled == null ? source : scaled;
                long now = System.nanoTime();
                meter.worked(e.keyFrame(), sent.width(), sent.height(), now - start, now);
                deliver(new EncodedFrame(
                        e.data(),
                        f.codec(),
                        frame.timestampMicros() * RTP_CLOCK_KHZ / 1_000,
                        captureMillis,
                        e.keyFrame(),
                        e.rid(),
                        e.temporalLayer(),
                        e.spatialLayer(),
                        e.temporalLayers(),
                        e.layerSync(),
                        source.rotation()));
            }
            load.encoded(start, System.nanoTime() - start);
            loadScale = load.scale();
        } catch (Throwable e) { // an Error too costs this frame only
            fail(LOG, e);
            abandonEncoder();
        } finally {
            if (scaled != null) {
                scaled.release();
            }
            if (upright != null) {
                upright.release();
            }
        }
    }

    /** mst-content-hint: of text and detail rather pictures are dropped than pixels. */
    private boolean keepsDetail() {
        String hint = track.contentHint();
        return hint.equals("detail") || hint.equals("text");
    }

    @Override
    public CodecStatistics getStatistics() {
        return meter.statistics(loadScale > 1 ? "cpu" : "none");
    }

    @Override
    void closeEncoder() {
        if (encoder != null) {
            VideoEncoder e = encoder;
            encoder = null;
            e.close();
        }
        if (isClosed()) {
            Pending left = next.getAndSet(null);
            if (left != null) {
                left.picture.release();
            }
        }
    }
}
