package dev.jvmrtc.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.codec.g711.G711;
import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.media.file.Clip;
import dev.jvmrtc.media.file.ClipSource;
import dev.jvmrtc.media.file.Ivf;
import dev.jvmrtc.media.file.OggOpus;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class MediaTest {
    private static final Path CLIPS = Path.of("src/test/interop/media");

    @Test
    void g711KeepsSamplesWithinItsStep() {
        for (int s = Short.MIN_VALUE; s <= Short.MAX_VALUE; s += 7) {
            int tolerance = Math.max(16, Math.abs(s) / 16) + 700 * (Math.abs(s) > 32_100 ? 1 : 0);
            assertEquals(s, G711.decodeUlaw(G711.encodeUlaw((short) s)), tolerance);
            assertEquals(s, G711.decodeAlaw(G711.encodeAlaw((short) s)), tolerance);
        }
        for (int b = 0; b < 256; b++) {
            assertEquals((byte) b, G711.encodeAlaw(G711.decodeAlaw((byte) b)));
            if (b != 0x7f) {
                assertEquals((byte) b, G711.encodeUlaw(G711.decodeUlaw((byte) b)), "negative zero apart");
            }
        }
    }

    @Test
    void readsTheClipsOfAllFormats() throws Exception {
        for (String name : new String[] {"pic-VP8.ivf", "pic-VP9.ivf", "pic-H264.h264", "tone.ogg"}) {
            Clip c = Clip.read(CLIPS.resolve(name));
            assertTrue(c.frames().size() > 20, name);
            assertTrue(c.frames().get(0).keyFrame(), name);
            assertTrue(c.duration() > c.frames().get(c.frames().size() - 1).rtpTimestamp(), name);
        }
        assertArrayEquals(
                new int[] {320, 240},
                Ivf.vp8Size(
                        Clip.read(CLIPS.resolve("pic-VP8.ivf")).frames().get(0).data()));
    }

    @Test
    void whatIsWrittenToFilesIsReadBack(@TempDir Path dir) throws Exception {
        Clip video = Clip.read(CLIPS.resolve("pic-VP8.ivf"));
        Clip audio = Clip.read(CLIPS.resolve("tone.ogg"));
        try (Ivf.Writer w = new Ivf.Writer(dir.resolve("a.ivf"), "VP8");
                OggOpus.Writer o = new OggOpus.Writer(dir.resolve("a.ogg"), 2)) {
            for (EncodedFrame f : video.frames()) {
                w.write(f);
            }
            for (EncodedFrame f : audio.frames()) {
                o.write(f);
            }
        }
        compare(video, Clip.read(dir.resolve("a.ivf")));
        compare(audio, Clip.read(dir.resolve("a.ogg")));
    }

    private static void compare(Clip a, Clip b) {
        assertEquals(a.frames().size(), b.frames().size());
        for (int i = 0; i < a.frames().size(); i++) {
            assertArrayEquals(a.frames().get(i).data(), b.frames().get(i).data());
            assertEquals(a.frames().get(i).rtpTimestamp(), b.frames().get(i).rtpTimestamp());
        }
    }

    @Test
    void aKeyFrameRequestGivesTheLoopingClipsLatestKeyFrameAgain() throws Exception {
        List<EncodedFrame> frames = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            frames.add(EncodedFrame.of(new byte[] {(byte) (i % 500 == 0 ? 0 : 1)}, "VP8", i * 900L, i % 500 == 0));
        }
        ClipSource source =
                new ClipSource(List.of(new Clip("video", EncodedFormat.of("VP8"), 90_000, frames, 900_000)), true);
        BlockingQueue<EncodedFrame> got = new LinkedBlockingQueue<>();
        MediaStreamTrack track = source.createTrack();
        track.onEncodedFrame(got::add);
        assertTrue(got.poll(5, TimeUnit.SECONDS).keyFrame());
        EncodedFrame second = got.poll(5, TimeUnit.SECONDS);
        assertTrue(!second.keyFrame());
        track.requestKeyFrame();
        EncodedFrame next = second;
        long last = second.rtpTimestamp();
        for (int i = 0; i < 20 && !next.keyFrame(); i++) {
            next = got.poll(5, TimeUnit.SECONDS);
            assertTrue(next.rtpTimestamp() > last, "time goes on");
            last = next.rtpTimestamp();
        }
        assertTrue(next.keyFrame());
        track.stop();
    }

    @Test
    void generatedDevicesGiveToneAndTestPatternEverywhere() throws Exception {
        MediaDevices devices = MediaDevices.generated();
        assertEquals(2, devices.enumerateDevices().get().size());
        MediaStream s =
                devices.getUserMedia(new MediaStreamConstraints(true, true)).get();
        BlockingQueue<AudioFrame> audio = new LinkedBlockingQueue<>();
        s.getAudioTracks().get(0).onAudioFrame(audio::add);
        AudioFrame f = audio.poll(5, TimeUnit.SECONDS);
        assertNotNull(f);
        assertEquals(20_000, f.durationMicros());
        BlockingQueue<Integer> colours = new LinkedBlockingQueue<>();
        s.getVideoTracks().get(0).onVideoFrame(p -> colours.add(p.rgb(p.width() / 4, p.height() / 2)));
        Integer red = colours.poll(5, TimeUnit.SECONDS);
        assertNotNull(red);
        assertTrue(Math.abs((red >> 16) - 200) < 4 && Math.abs((red & 255) - 30) < 4, Integer.toHexString(red));
        s.getTracks().forEach(MediaStreamTrack::stop);
    }

    @Test
    void theDefaultRejectsWithNotFoundErrorWhereThereIsNoDevice() {
        MediaDevices real = new MediaDevices();
        Assumptions.assumeTrue(real.enumerateDevices().join().isEmpty(), "SKIPPED: this machine has a microphone");
        try {
            real.getUserMedia(new MediaStreamConstraints(true, false)).get();
            throw new AssertionError("there is a microphone?");
        } catch (ExecutionException e) {
            assertEquals("NotFoundError", ((RTCException) e.getCause()).getName());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void disabledAndStoppedTracksDeliverNothing() {
        EncodedVideoSource source = new EncodedVideoSource("VP8");
        MediaStreamTrack track = source.createTrack();
        List<EncodedFrame> got = new ArrayList<>();
        track.onEncodedFrame(got::add);
        EncodedFrame f = EncodedFrame.of(new byte[1], "VP8", 0, true);
        source.push(f);
        track.setEnabled(false);
        source.push(f);
        track.setEnabled(true);
        MediaStreamTrack clone = track.clone();
        track.stop();
        source.push(f);
        assertEquals(1, got.size());
        assertEquals(MediaStreamTrackState.LIVE, clone.getReadyState());
    }

    @Test
    void sinksThatNeverReturnDoNotKeepOtherTracksFromGoingOn() throws Exception {
        int stuck = Runtime.getRuntime().availableProcessors() + 2;
        CountDownLatch release = new CountDownLatch(1);
        List<EncodedVideoSource> sources = new ArrayList<>();
        byte[] frame = Clip.read(CLIPS.resolve("pic-VP8.ivf")).frames().get(0).data();
        try {
            for (int i = 0; i < stuck; i++) {
                EncodedVideoSource s = new EncodedVideoSource("VP8");
                s.createTrack().onVideoFrame(f -> {
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
                s.push(EncodedFrame.of(frame, "VP8", 0, true));
                sources.add(s);
            }
            EncodedVideoSource other = new EncodedVideoSource("VP8");
            CountDownLatch seen = new CountDownLatch(1);
            other.createTrack().onVideoFrame(f -> seen.countDown());
            other.push(EncodedFrame.of(frame, "VP8", 0, true));
            assertTrue(seen.await(20, TimeUnit.SECONDS), "another track's frame is seen");
        } finally {
            release.countDown();
        }
    }
}
