package dev.jvmrtc.media.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.media.EncodedVideoSource;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.VideoSource;
import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.codec.VideoEncoder;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.MediaSink;
import dev.jvmrtc.media.frame.VideoFrame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What codecs and sinks throw, and what hostile tracks cost, is theirs alone. */
class TrackRobustnessTest {
    private static final int FRAMES = 12;
    private static final long MILLI = 1_000_000;

    private static List<byte[]> keyFrames() {
        List<byte[]> frames = new ArrayList<>();
        VideoEncoder encoder = Codecs.videoEncoder(EncodedFormat.of("VP8"));
        for (int i = 0; i < FRAMES; i++) {
            VideoFrame f = VideoFrame.allocate(64, 64, i * 33_000L);
            frames.add(encoder.encode(f, true).data());
            f.release();
        }
        return frames;
    }

    private static void sneak(Throwable t) {
        TrackRobustnessTest.<RuntimeException>sneakily(t);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneakily(Throwable t) throws T {
        throw (T) t;
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                IllegalStateException.class,
                AssertionError.class,
                OutOfMemoryError.class,
                StackOverflowError.class,
                NoClassDefFoundError.class,
                Exception.class
            })
    void whateverASinkThrowsCostsItselfThatPicture(Class<? extends Throwable> what) throws Exception {
        EncodedVideoSource source = new EncodedVideoSource("VP8");
        MediaStreamTrack track = source.createTrack();
        Throwable thrown = what.getConstructor().newInstance();
        Semaphore seen = new Semaphore(0);
        AtomicInteger n = new AtomicInteger();
        track.onVideoFrame(f -> {
            if (n.incrementAndGet() <= 3) {
                sneak(thrown);
            }
        });
        track.onVideoFrame(f -> seen.release());
        List<byte[]> frames = keyFrames();
        for (int i = 0; i < FRAMES; i++) {
            source.push(EncodedFrame.of(frames.get(i), "VP8", i * 3_000L, true));
            assertTrue(seen.tryAcquire(20, TimeUnit.SECONDS), "another sink sees picture " + i);
        }
        assertEquals(FRAMES, n.get());
        assertEquals(Map.of(TrackDecoder.SINK_THREW, 3L), track.getDecodeFailures());
    }

    @Test
    void anErrorOfAnEncoderOrItsSinkDoesNotStopASender() throws Exception {
        VideoSource source = new VideoSource();
        EncodingView view = (EncodingView) source.createTrack().encoded();
        Semaphore sent = new Semaphore(0);
        AtomicInteger n = new AtomicInteger();
        view.addSink(new MediaSink() {
            @Override
            public void onEncodedFrame(EncodedFrame frame) {
                sent.release();
                if (n.incrementAndGet() < 3) {
                    throw new AssertionError("this sink breaks");
                }
            }
        });
        view.formatSelected(EncodedFormat.of("VP8"));
        for (int i = 0; i < 6; i++) {
            source.push(VideoFrame.allocate(64, 64, i * 100_000L));
            assertTrue(sent.tryAcquire(20, TimeUnit.SECONDS), "picture " + i);
        }
        assertEquals(0, view.getCodecFailures(), "the encoder is not to blame");
        view.close();
    }

    @Test
    void whereThereIsNoDecoderNoKeyFrameIsAskedFor() throws Exception {
        EncodedVideoSource source = new EncodedVideoSource("AV1");
        MediaStreamTrack track = source.createTrack();
        AtomicInteger asked = new AtomicInteger();
        track.onVideoFrame(f -> {});
        source.onKeyFrameRequested(rid -> asked.incrementAndGet());
        for (int i = 0; i <= 15; i++) { // all have room, and with the last key frame all have been looked at
            source.push(EncodedFrame.of(new byte[100], "AV1", i * 3_000L, i % 5 == 0));
        }
        assertEquals(4, waitFor(track, TrackDecoder.NO_DECODER, 4), "key frames are tried");
        assertEquals(0, asked.get());
    }

    private static long waitFor(MediaStreamTrack track, String reason, long count) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (track.getDecodeFailures().getOrDefault(reason, 0L) < count && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        return track.getDecodeFailures().getOrDefault(reason, 0L);
    }

    @Test
    void framesBeyondTheBytesThatMayWaitAreDropped() throws Exception {
        EncodedVideoSource source = new EncodedVideoSource("VP8");
        MediaStreamTrack track = source.createTrack();
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        track.onVideoFrame(f -> {
            held.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        try {
            source.push(EncodedFrame.of(keyFrames().get(0), "VP8", 0, true));
            assertTrue(held.await(20, TimeUnit.SECONDS));
            int each = TrackDecoder.MAX_WAITING_BYTES / 4;
            for (int i = 1; i <= 6; i++) {
                source.push(EncodedFrame.of(new byte[each], "VP8", i * 3_000L, false));
            }
            assertTrue(
                    track.getDecodeFailures().getOrDefault(TrackDecoder.TOO_SLOW, 0L) >= 1,
                    "four have room, the sixth at the latest is told at once");
        } finally {
            release.countDown();
        }
    }

    /** Pictures that differ, as a stream: numbers of key frames are given. */
    private static List<EncodedFrame> stream(int count, List<Integer> keyFrames) {
        List<EncodedFrame> frames = new ArrayList<>();
        VideoEncoder encoder = Codecs.videoEncoder(EncodedFormat.of("VP8"));
        for (int i = 0; i < count; i++) {
            VideoFrame f = VideoFrame.allocate(64, 64, i * 33_000L);
            Arrays.fill(f.y(), (byte) (i * 7));
            boolean key = keyFrames.contains(i);
            frames.add(EncodedFrame.of(encoder.encode(f, key).data(), "VP8", i * 3_000L, key));
            f.release();
        }
        return frames;
    }

    private static int number(VideoFrame f) {
        return Math.round(f.timestampMicros() * 90 / 1_000f / 3_000);
    }

    @Test
    void aKeyFrameBetweenTwoGapsMendsTheFirstOnly() throws Exception {
        EncodedVideoSource source = new EncodedVideoSource("VP8");
        MediaStreamTrack track = source.createTrack();
        Semaphore begun = new Semaphore(0);
        Semaphore go = new Semaphore(0);
        List<Integer> seen = new CopyOnWriteArrayList<>();
        track.onVideoFrame(f -> {
            seen.add(number(f));
            begun.release();
            go.acquireUninterruptibly();
        });
        int first = VideoDecoding.MAX_WAITING;
        List<EncodedFrame> frames = stream(first + 5, List.of(0, first + 1, first + 4));
        source.push(frames.get(0));
        assertTrue(begun.tryAcquire(20, TimeUnit.SECONDS), "the first is being taken");
        for (int i = 1; i <= first; i++) {
            source.push(frames.get(i)); // for the last one there is no room
        }
        go.release(2);
        assertTrue(begun.tryAcquire(2, 20, TimeUnit.SECONDS), "there is room for one");
        source.push(frames.get(first + 1));
        source.push(frames.get(first + 2)); // again there is none
        go.release();
        assertTrue(begun.tryAcquire(20, TimeUnit.SECONDS));
        source.push(frames.get(first + 3));
        go.release(1_000);
        assertTrue(begun.tryAcquire(first - 4, 20, TimeUnit.SECONDS), "all before the gap");
        assertTrue(begun.tryAcquire(20, TimeUnit.SECONDS), "and the key frame behind it");
        source.push(frames.get(first + 4));
        assertTrue(begun.tryAcquire(20, TimeUnit.SECONDS));
        List<Integer> expected =
                new ArrayList<>(IntStream.range(0, first).boxed().toList());
        expected.addAll(List.of(first + 1, first + 4));
        assertEquals(expected, seen);
    }

    @Test
    void aKeyFrameThatWaitsToBeShownDoesNotMendAGapBehindIt() throws Exception {
        EncodedVideoSource source = new EncodedVideoSource("VP8");
        MediaStreamTrack.Control control = MediaStreamTrack.create(source, "id", "label", false);
        control.setJitterBufferTarget(300);
        MediaStreamTrack track = control.track();
        Semaphore last = new Semaphore(0);
        List<Integer> seen = new CopyOnWriteArrayList<>();
        track.onVideoFrame(f -> {
            seen.add(number(f));
            if (number(f) == 3) {
                last.release();
            }
        });
        List<EncodedFrame> frames = stream(4, List.of(0, 3));
        source.push(frames.get(0));
        source.push(EncodedFrame.of(new byte[TrackDecoder.MAX_WAITING_BYTES + 1], "VP8", 3_000, false));
        source.push(frames.get(2));
        source.push(frames.get(3));
        assertTrue(last.tryAcquire(20, TimeUnit.SECONDS), seen::toString);
        assertFalse(seen.contains(2), seen::toString);
    }

    @Test
    void tracksThatAreDearLeaveTheThreadsToOthers() throws Exception {
        AtomicLong clock = new AtomicLong();
        MediaThreads threads = new MediaThreads(2, 4, clock::get);
        Semaphore begun = new Semaphore(0);
        Semaphore pictures = new Semaphore(0);
        Semaphore dear = new Semaphore(0);
        AtomicBoolean stop = new AtomicBoolean();
        for (int i = 0; i < 6; i++) {
            MediaWorker w = new MediaWorker(threads);
            w.post(new Runnable() {
                @Override
                public void run() {
                    begun.release();
                    pictures.acquireUninterruptibly();
                    clock.addAndGet(60 * MILLI);
                    dear.release();
                    if (!stop.get()) {
                        w.post(this);
                    }
                }
            });
        }
        try {
            pictures.release(6);
            assertTrue(begun.tryAcquire(8, 20, TimeUnit.SECONDS), "each had a turn, and two have another");
            assertEquals(6, dear.drainPermits());
            CountDownLatch other = new CountDownLatch(1);
            new MediaWorker(threads).post(other::countDown);
            clock.addAndGet(20 * MILLI); // it has waited for so long that there is a thread more
            assertTrue(other.await(20, TimeUnit.SECONDS));
            MediaWorker sound = new MediaWorker(threads);
            for (int i = 0; i < 30; i++) {
                CountDownLatch done = new CountDownLatch(1);
                sound.post(done::countDown);
                assertTrue(done.await(20, TimeUnit.SECONDS), "sound " + i + " waits for a dear one");
            }
            assertEquals(0, dear.availablePermits(), "no turn of the dear ones has ended meanwhile");
            pictures.release(12);
            assertTrue(dear.tryAcquire(12, 20, TimeUnit.SECONDS), "the dear ones go on too");
            assertTrue(threads.threads() <= 6, threads.threads() + " threads");
        } finally {
            stop.set(true);
            pictures.release(100);
        }
    }

    @Test
    void turnsGoToWhoHasUsedTheLeast() throws Exception {
        AtomicLong clock = new AtomicLong();
        MediaThreads threads = new MediaThreads(1, 0, clock::get);
        MediaWorker greedy = new MediaWorker(threads);
        MediaWorker modest = new MediaWorker(threads);
        StringBuilder order = new StringBuilder();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(14);
        for (int i = 0; i < 10; i++) {
            greedy.post(() -> {
                begun.countDown();
                try {
                    go.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                clock.addAndGet(8 * MILLI);
                order.append('g');
                done.countDown();
            });
        }
        begun.await();
        for (int i = 0; i < 4; i++) {
            modest.post(() -> {
                clock.addAndGet(6 * MILLI);
                order.append('m');
                done.countDown();
            });
        }
        go.countDown();
        assertTrue(done.await(20, TimeUnit.SECONDS), order::toString);
        assertEquals("gmmgmgmggggggg", order.toString());
    }
}
