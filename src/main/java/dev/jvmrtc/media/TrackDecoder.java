package dev.jvmrtc.media;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Decodes an encoded track for all its takers of pictures or sound. A frame that cannot be decoded, or a decoder that throws, costs that frame and those that
 * depend on it: it is counted by its reason, and a key frame is asked for, at most twice a second.
 */
final class TrackDecoder implements MediaSink {
    private static final Logger LOG = LoggerFactory.getLogger(TrackDecoder.class);
    /** Frames that may wait for the decoder. Of pictures all are dropped then, up to the next key frame. */
    static final int MAX_WAITING = 32;
    private static final String THREW = "the decoder or a taker threw";
    private static final long KEY_FRAME_INTERVAL_NANOS = 500_000_000;

    private final MediaStreamTrack track;
    private final CopyOnWriteArrayList<MediaSink> sinks = new CopyOnWriteArrayList<>();
    private final MediaWorker worker = new MediaWorker();
    private final Map<String, Long> failures = new ConcurrentHashMap<>();
    private final CodecMeter meter = new CodecMeter();
    private final boolean video;
    /** More than this in a row is not made up. */
    private static final int MAX_CONCEALED_MILLIS = 120;
    private long expectedTimestamp;
    private int frameMillis;
    private VideoDecoder videoDecoder;
    private AudioDecoder audioDecoder;
    private String codec = "";
    private boolean keyFrameNeeded = true;
    private volatile long askedNanos = System.nanoTime() - KEY_FRAME_INTERVAL_NANOS;

    TrackDecoder(MediaStreamTrack track) {
        this.track = track;
        this.video = track.getKind().equals("video");
    }

    List<MediaSink> sinks() {
        return sinks;
    }

    /** How many frames were not decoded, by the reason. */
    Map<String, Long> failures() {
        return Map.copyOf(failures);
    }

    CodecStatistics statistics() {
        return meter.statistics("none");
    }

    @Override
    public void onEncodedFrame(EncodedFrame frame) {
        if (worker.waiting() >= MAX_WAITING) {
            fail("the decoder is too slow");
            worker.post(() -> keyFrameNeeded = true);
            return;
        }
        worker.post(() -> decode(frame));
    }

    private void decode(EncodedFrame frame) {
        if (video && keyFrameNeeded && !frame.keyFrame()) {
            askForKeyFrame();
            return;
        }
        try {
            if (!frame.codec().equalsIgnoreCase(codec)) {
                close();
                codec = frame.codec();
                videoDecoder = video ? Codecs.videoDecoder(codec) : null;
                audioDecoder = video ? null : Codecs.audioDecoder(codec);
                if (videoDecoder == null && audioDecoder == null) {
                    LOG.warn("{} cannot be decoded: {}", codec, Codecs.advice(codec));
                }
            }
            if (videoDecoder != null) {
                long start = System.nanoTime();
                VideoFrame picture = videoDecoder.decode(frame);
                keyFrameNeeded = false;
                if (picture != null) {
                    picture.withRotation(frame.rotation());
                    long now = System.nanoTime();
                    meter.worked(frame.keyFrame(), picture.width(), picture.height(), now - start, now);
                    deliver(picture);
                }
            } else if (audioDecoder != null) {
                fillGap(frame);
                deliver(audioDecoder.decode(frame.data()), frame.rtpTimestamp());
            } else {
                fail("no decoder");
            }
        } catch (CodecException e) {
            fail(e.getMessage());
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            // Told once aloud: what fails once may fail with every frame.
            LOG.atLevel(failures.containsKey(THREW) ? Level.DEBUG : Level.WARN).setCause(e).log("decoding {} failed; the decoder is made anew", codec);
            fail(THREW);
            close();
        }
    }

    private void deliver(VideoFrame picture) {
        try {
            for (MediaSink s : sinks) {
                s.onVideoFrame(picture);
            }
        } finally {
            picture.release();
        }
    }

    /** Sound that did not come is made up, as long as it is short; what is missing for longer is a pause. */
    private void fillGap(EncodedFrame frame) throws CodecException {
        long gap = (int) (frame.rtpTimestamp() - expectedTimestamp);
        int millis = (int) (gap * 1_000 / audioClock());
        if (frameMillis == 0 || gap <= 0 || millis > MAX_CONCEALED_MILLIS) {
            return;
        }
        for (int left = millis; left >= frameMillis; left -= frameMillis) {
            // Only the last lost frame has a copy in the one after it.
            deliver(audioDecoder.conceal(left < 2 * frameMillis ? frame.data() : null, frameMillis), expectedTimestamp);
        }
    }

    private int audioClock() {
        return codec.equalsIgnoreCase("opus") ? 48_000 : 8_000;
    }

    private void deliver(AudioFrame sound, long timestamp) {
        expectedTimestamp = timestamp + sound.durationMicros() * audioClock() / 1_000_000;
        frameMillis = (int) (sound.durationMicros() / 1_000);
        sinks.forEach(s -> s.onAudioFrame(sound));
    }

    private void fail(String reason) {
        failures.merge(reason, 1L, Long::sum);
        meter.dropped();
        keyFrameNeeded = true;
        askForKeyFrame();
    }

    private void askForKeyFrame() {
        long now = System.nanoTime();
        if (video && now - askedNanos >= KEY_FRAME_INTERVAL_NANOS) {
            askedNanos = now;
            track.requestKeyFrame();
        }
    }

    private void close() {
        if (videoDecoder != null) {
            videoDecoder.close();
            videoDecoder = null;
        }
        if (audioDecoder != null) {
            audioDecoder.close();
            audioDecoder = null;
        }
        codec = "";
    }

    /** No taker is left. */
    void release() {
        worker.post(this::close);
    }
}
