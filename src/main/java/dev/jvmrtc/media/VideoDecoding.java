package dev.jvmrtc.media;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

/** Decodes a track of pictures, each when it is to be shown. After a frame that was not decoded a key frame is asked for, at most twice a second. */
final class VideoDecoding extends TrackDecoder {
    /** Frames that may wait for the decoder; then all are dropped, up to the next key frame. */
    static final int MAX_WAITING = 32;
    private static final long KEY_FRAME_INTERVAL_NANOS = 500_000_000;

    private final CodecMeter meter = new CodecMeter();
    private final VideoPlayout playout = new VideoPlayout();
    private volatile PlayoutStatistics statistics = PlayoutStatistics.NONE;
    private VideoDecoder decoder;
    private boolean keyFrameNeeded = true;
    private long wakeAtNanos = NEVER;
    private volatile long askedNanos = System.nanoTime() - KEY_FRAME_INTERVAL_NANOS;

    VideoDecoding(MediaStreamTrack track) {
        super(track);
    }

    @Override
    public void onEncodedFrame(EncodedFrame frame) {
        if (worker.waiting() >= MAX_WAITING) {
            fail("the decoder is too slow");
            worker.post(() -> keyFrameNeeded = true);
            return;
        }
        long now = System.nanoTime();
        worker.post(() -> {
            playout.setTargetMillis(track.jitterBufferTargetMillis());
            playout.offer(frame, now, track.lipSync());
            decodeDue();
        });
    }

    private void decodeDue() {
        for (EncodedFrame f = playout.poll(System.nanoTime()); f != null; f = playout.poll(System.nanoTime())) {
            EncodedFrame due = f;
            if (keyFrameNeeded && !due.keyFrame()) {
                askForKeyFrame();
            } else {
                attempt(due.codec(), () -> decode(due));
            }
        }
        statistics = playout.statistics();
        long next = playout.nextTimeoutNanos();
        if (next != NEVER && (wakeAtNanos == NEVER || next - wakeAtNanos < 0)) {
            wakeAtNanos = next;
            MediaClock.after(Math.max(0, next - System.nanoTime()), () -> worker.post(this::wake));
        }
    }

    private void wake() {
        wakeAtNanos = NEVER;
        decodeDue();
    }

    private void decode(EncodedFrame frame) throws CodecException {
        if (decoder == null) {
            throw new CodecException("no decoder");
        }
        long start = System.nanoTime();
        VideoFrame picture = decoder.decode(frame);
        keyFrameNeeded = false;
        if (picture == null) {
            return;
        }
        picture.withRotation(frame.rotation());
        long now = System.nanoTime();
        meter.worked(frame.keyFrame(), picture.width(), picture.height(), now - start, now);
        playout.shown(now, now - start);
        statistics = playout.statistics(); // whoever has seen a picture finds it counted
        try {
            for (MediaSink s : sinks()) {
                s.onVideoFrame(picture);
            }
        } finally {
            picture.release();
        }
    }

    @Override
    void fail(String reason) {
        super.fail(reason);
        meter.dropped();
        keyFrameNeeded = true;
        askForKeyFrame();
    }

    private void askForKeyFrame() {
        long now = System.nanoTime();
        if (now - askedNanos >= KEY_FRAME_INTERVAL_NANOS) {
            askedNanos = now;
            track.requestKeyFrame();
        }
    }

    @Override
    CodecStatistics statistics() {
        return meter.statistics("none");
    }

    @Override
    PlayoutStatistics playout() {
        return statistics;
    }

    @Override
    boolean open(String codec) {
        decoder = Codecs.videoDecoder(codec);
        return decoder != null;
    }

    @Override
    void closeDecoder() {
        if (decoder != null) {
            decoder.close();
            decoder = null;
        }
    }

    @Override
    void release() {
        worker.post(playout::clear);
        super.release();
    }
}
