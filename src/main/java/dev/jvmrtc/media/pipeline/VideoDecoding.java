package dev.jvmrtc.media.pipeline;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.media.codec.CodecException;
import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.codec.VideoDecoder;
import dev.jvmrtc.media.frame.CodecStatistics;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.PlayoutStatistics;
import dev.jvmrtc.media.frame.VideoFrame;
import dev.jvmrtc.media.playout.VideoPlayout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes a track of pictures, each when it is to be shown. After a frame that was not decoded a key frame is asked
 * for: twice a second at first, ever less often as long as none helps, and never where there is no decoder.
 */
final class VideoDecoding extends TrackDecoder {
    private static final Logger LOG = LoggerFactory.getLogger(VideoDecoding.class);
    /** Frames that may wait for the decoder; then all are dropped, up to the next key frame. */
    static final int MAX_WAITING = 32;

    static final long KEY_FRAME_INTERVAL_NANOS = 500_000_000;
    /** So many requests without a picture are taken for losses on the way; then the pauses between them double. */
    private static final int PATIENCE = 4;

    static final long MAX_KEY_FRAME_INTERVAL_NANOS = 32_000_000_000L;

    private final CodecMeter meter = new CodecMeter();
    private final VideoPlayout playout = new VideoPlayout();
    private volatile PlayoutStatistics statistics = PlayoutStatistics.NONE;
    private VideoDecoder decoder;
    /**
     * Of who delivers: the worker was told that frames are dropped, behind all that were taken. With the next frame
     * that is taken this ends, so that the worker hears of each gap where it is: a key frame that comes before a gap
     * does not mend it.
     */
    private volatile boolean overrun;
    /** Pictures that waited to be shown when frames were dropped behind them. */
    private int heldBeforeGap;

    private boolean keyFrameNeeded = true;
    private long wakeAtNanos = NEVER;
    /** No frame more is decoded in the same task: others want the thread too. */
    private boolean goingOn;

    private long askedNanos = System.nanoTime() - KEY_FRAME_INTERVAL_NANOS;
    /** Requests for key frames since the last picture. */
    private int asked;

    private boolean missing;

    VideoDecoding(TrackView track) {
        super(track);
    }

    @Override
    public void onEncodedFrame(EncodedFrame frame) {
        if (!mayWait(frame, MAX_WAITING)) {
            if (!overrun) {
                overrun = true;
                worker.post(() -> {
                    heldBeforeGap = playout.held();
                    fail(TOO_SLOW);
                });
            } else {
                super.fail(TOO_SLOW);
                meter.dropped();
            }
            return;
        }
        overrun = false;
        long now = System.nanoTime();
        worker.post(() -> {
            taken(frame);
            playout.setTargetMillis(track.jitterBufferTargetMillis());
            playout.offer(frame, now, track.lipSync());
            decodeDue();
        });
    }

    private void decodeDue() {
        EncodedFrame due = playout.poll(System.nanoTime());
        if (due != null) {
            boolean beforeGap = heldBeforeGap > 0;
            heldBeforeGap -= beforeGap ? 1 : 0;
            if (keyFrameNeeded && (beforeGap || !due.keyFrame())) {
                askForKeyFrame();
            } else {
                attempt(due.codec(), () -> decode(due));
            }
        }
        statistics = playout.statistics();
        long next = playout.nextTimeoutNanos();
        if (next == NEVER || goingOn) {
            return;
        }
        long now = System.nanoTime();
        if (due != null && (next - now <= 0 || playout.isFull())) {
            goingOn = true;
            worker.post(this::goOn);
        } else if (wakeAtNanos == NEVER || next - wakeAtNanos < 0) {
            wakeAtNanos = next;
            MediaClock.after(Math.max(0, next - now), () -> worker.post(this::wake));
        }
    }

    private void goOn() {
        goingOn = false;
        decodeDue();
    }

    private void wake() {
        wakeAtNanos = NEVER;
        decodeDue();
    }

    private void decode(EncodedFrame frame) throws CodecException {
        if (decoder == null) {
            throw new CodecException(NO_DECODER);
        }
        long start = System.nanoTime();
        VideoFrame picture = decoder.decode(frame);
        keyFrameNeeded = false;
        if (picture == null) {
            return;
        }
        asked = 0;
        try {
            picture.withRotation(frame.rotation());
            long now = System.nanoTime();
            meter.worked(frame.keyFrame(), picture.width(), picture.height(), now - start, now);
            playout.shown(now, now - start);
            statistics = playout.statistics(); // whoever has seen a picture finds it counted
            give(s -> s.onVideoFrame(picture));
        } finally {
            picture.release();
        }
    }

    /** On the worker: frames were lost, and pictures go on with a key frame. */
    @Override
    void fail(String reason) {
        super.fail(reason);
        meter.dropped();
        keyFrameNeeded = true;
        askForKeyFrame();
    }

    private void askForKeyFrame() {
        long now = System.nanoTime();
        long pause = asked < PATIENCE
                ? KEY_FRAME_INTERVAL_NANOS
                : Math.min(
                        MAX_KEY_FRAME_INTERVAL_NANOS, KEY_FRAME_INTERVAL_NANOS << Math.min(10, asked - PATIENCE + 1));
        if (missing || now - askedNanos < pause) {
            return;
        }
        askedNanos = now;
        asked++;
        try {
            track.requestKeyFrame();
        } catch (Throwable e) { // of an application's source
            LOG.debug("asking for a key frame failed", e);
        }
    }

    @Override
    public CodecStatistics statistics() {
        return meter.statistics("none");
    }

    @Override
    public PlayoutStatistics playout() {
        return statistics;
    }

    @Override
    boolean open(String codec) {
        missing = false;
        decoder = Codecs.videoDecoder(codec);
        missing = decoder == null;
        if (decoder != null) {
            decoder.setMaxPixels(track.maxDecodedPixels());
        }
        return !missing;
    }

    @Override
    void closeDecoder() {
        if (decoder != null) {
            VideoDecoder d = decoder;
            decoder = null;
            d.close();
        }
    }

    @Override
    public void release() {
        worker.post(() -> {
            playout.clear();
            heldBeforeGap = 0;
        });
        super.release();
    }
}
