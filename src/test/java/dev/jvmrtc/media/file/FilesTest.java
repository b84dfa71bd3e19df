package dev.jvmrtc.media.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.media.AudioSource;
import dev.jvmrtc.media.EncodedVideoSource;
import dev.jvmrtc.media.MediaDevices;
import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.MediaStreamConstraints;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.MediaStreamTrackState;
import dev.jvmrtc.media.VideoSource;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.VideoFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of raw video and audio, read, written, played and recorded. */
class FilesTest {
    @TempDir
    Path dir;

    private static VideoFrame frame(int width, int height, long micros, int brightness) {
        VideoFrame f = VideoFrame.allocate(width, height, micros);
        Arrays.fill(f.y(), (byte) brightness);
        Arrays.fill(f.u(), (byte) 100);
        Arrays.fill(f.v(), (byte) 150);
        return f;
    }

    @Test
    void framesAreReadBackAsTheyWereWrittenAtAnEvenRate() throws Exception {
        Path file = dir.resolve("a.y4m");
        // The third comes late: the second is repeated. The last but one comes too early: it is left out. One has
        // another size.
        long[] millis = {0, 40, 120, 160, 165, 200};
        try (Y4m.Writer w = new Y4m.Writer(file, 25)) {
            for (int i = 0; i < millis.length; i++) {
                VideoFrame f = frame(i == 3 ? 90 : 45, i == 3 ? 50 : 25, millis[i] * 1_000, 10 + i);
                w.write(f);
                f.release();
            }
            assertEquals(6, w.frames());
        }
        try (Y4m.Reader r = new Y4m.Reader(file)) {
            assertEquals(45, r.width());
            assertEquals(25, r.height());
            assertEquals(25, r.frameRate());
            int[] brightness = {10, 11, 11, 12, 13, 15};
            for (int i = 0; i < brightness.length; i++) {
                VideoFrame f = r.read();
                assertEquals(brightness[i], f.y()[700], "frame " + i);
                assertEquals(100, f.u()[f.u().length - 1]);
                assertEquals((byte) 150, f.v()[f.v().length - 1]);
                f.release();
            }
            assertNull(r.read());
        }
    }

    @Test
    void audioIsReadBackAsItWasWritten() throws Exception {
        Path file = dir.resolve("a.wav");
        short[] samples = new short[4_410 * 2];
        Random random = new Random(1);
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) random.nextInt();
        }
        try (Wav.Writer w = new Wav.Writer(file)) {
            w.write(new AudioFrame(Arrays.copyOf(samples, 2_000), 44_100, 2));
            w.write(new AudioFrame(Arrays.copyOfRange(samples, 2_000, samples.length), 44_100, 2));
            assertEquals(100_000, w.durationMicros());
        }
        assertEquals(44 + 2 * samples.length, Files.size(file));
        try (Wav.Reader r = new Wav.Reader(file)) {
            assertEquals(44_100, r.sampleRate());
            assertEquals(2, r.channels());
            short[] back = new short[0];
            for (AudioFrame f = r.read(20); f != null; f = r.read(20)) {
                int at = back.length;
                back = Arrays.copyOf(back, at + f.samples().length);
                System.arraycopy(f.samples(), 0, back, at, f.samples().length);
            }
            assertArrayEquals(samples, back);
        }
    }

    @Test
    void filesThatLieAreRefusedWithASentenceOrEndWhereTheyEnd() throws Exception {
        Path file = dir.resolve("lie");
        for (String header : new String[] {
            "YUV4MPEG2 W99999 H2 F25:1\n",
            "YUV4MPEG2 W0 H2 F25:1\n",
            "YUV4MPEG2 W16000 H16000 F25:1\n",
            "YUV4MPEG2 W16 H16 F25:0\n",
            "YUV4MPEG2 W16 H16 F25:1 C444\n",
            "YUV4MPEG2 W16 H16 F25:1 C420p10\n",
            "RIFF",
            "YUV4MPEG2 " + "x".repeat(2_000),
            "YUV4MPEG2 W16 H16"
        }) {
            Files.writeString(file, header);
            assertThrows(IOException.class, () -> new Y4m.Reader(file), header);
        }
        Files.writeString(file, "YUV4MPEG2 W16 H16 F25:1\nFRAME\nshort");
        try (Y4m.Reader r = new Y4m.Reader(file)) {
            assertNull(r.read());
        }
        Files.writeString(file, "YUV4MPEG2 W2 H2 F25:1\nFRAME I\nabcdefEMARF\n");
        try (Y4m.Reader r = new Y4m.Reader(file)) {
            r.read().release();
            assertThrows(IOException.class, r::read);
        }
        Path wav = dir.resolve("a.wav");
        try (Wav.Writer w = new Wav.Writer(wav)) {
            w.write(new AudioFrame(new short[480], 48_000, 1));
        }
        byte[] good = Files.readAllBytes(wav);
        byte[] claims = good.clone();
        Arrays.fill(claims, 40, 44, (byte) 0xFF); // four GiB of samples
        Files.write(file, claims);
        try (Wav.Reader r = new Wav.Reader(file)) {
            assertEquals(480, r.read(1_000).samples().length, "what there is");
            assertNull(r.read(1_000));
        }
        Random random = new Random(5);
        for (int i = 0; i < 3_000; i++) {
            byte[] bad = Arrays.copyOf(good, random.nextInt(good.length));
            for (int k = 0; k < 3 && bad.length > 0; k++) {
                bad[random.nextInt(Math.min(44, bad.length))] = (byte) random.nextInt();
            }
            Files.write(file, bad);
            try (Wav.Reader r = new Wav.Reader(file)) {
                for (int n = 0; n < 10 && r.read(1_000) != null; n++) {
                    // whatever there is
                }
            } catch (IOException e) {
                assertTrue(e.getMessage() == null || !e.getMessage().isEmpty());
            }
        }
        assertThrows(
                IOException.class,
                () -> MediaDevices.generated()
                        .withFile(Files.write(dir.resolve("x.wav"), "RIFFxxxx".getBytes(StandardCharsets.US_ASCII))));
    }

    private static MediaStreamTrack open(MediaDevices devices, boolean audio) throws Exception {
        return devices.getUserMedia(new MediaStreamConstraints(audio, !audio))
                .get()
                .getTracks()
                .get(0);
    }

    @Test
    void whatIsRecordedRawIsADeviceThatPlaysOverAndOver() throws Exception {
        Path y4m = dir.resolve("p.y4m");
        Path wav = dir.resolve("s.wav");
        VideoSource video = new VideoSource();
        AudioSource audio = new AudioSource();
        MediaStreamTrack videoTrack = video.createTrack();
        MediaStreamTrack audioTrack = audio.createTrack();
        try (Recorder a = Recorder.start(videoTrack, y4m);
                Recorder b = Recorder.start(audioTrack, wav)) {
            for (int i = 0; i < 6; i++) {
                video.push(frame(32, 32, i * 33_334L, 40 + i));
                short[] s = new short[480];
                Arrays.fill(s, (short) (i + 1));
                audio.push(new AudioFrame(s, 48_000, 1));
            }
            assertEquals(6, a.getFrames());
            assertEquals(6, b.getFrames());
        }
        assertThrows(IOException.class, () -> Recorder.start(videoTrack, dir.resolve("p.wav")));
        MediaDevices devices = MediaDevices.generated().withFile(y4m).withFile(wav);
        MediaStreamTrack played = open(devices, false);
        BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();
        played.onVideoFrame(f -> seen.add((int) f.y()[0]));
        assertEquals(32, played.getSettings().width());
        int before = seen.poll(5, TimeUnit.SECONDS);
        for (int i = 0; i < 14; i++) {
            int next = seen.poll(5, TimeUnit.SECONDS);
            assertEquals(before == 45 ? 40 : before + 1, next);
            before = next;
        }
        played.stop();
        MediaStreamTrack heard = open(devices, true);
        BlockingQueue<Integer> values = new LinkedBlockingQueue<>();
        heard.onAudioFrame(f -> values.add((int) f.samples()[0]));
        int value = values.poll(5, TimeUnit.SECONDS);
        for (int i = 0; i < 7; i++) {
            int next = values.poll(5, TimeUnit.SECONDS);
            assertEquals(value == 5 ? 1 : value + 2, next, "20 ms at a time");
            value = next;
        }
        heard.stop();
    }

    @Test
    void whatIsRecordedEncodedCanBeRead() throws Exception {
        MediaStream s = MediaDevices.generated()
                .getUserMedia(new MediaStreamConstraints(true, true))
                .get();
        Path ivf = dir.resolve("a.ivf");
        Path ogg = dir.resolve("a.ogg");
        try (Recorder v = Recorder.start(s.getVideoTracks().get(0), ivf);
                Recorder a = Recorder.start(s.getAudioTracks().get(0), ogg)) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while ((v.getFrames() < 10 || a.getFrames() < 10) && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
        s.getTracks().forEach(MediaStreamTrack::stop);
        Clip video = Clip.read(ivf);
        assertTrue(video.frames().size() >= 10 && video.frames().get(0).keyFrame());
        assertArrayEquals(
                new int[] {320, 240}, Ivf.vp8Size(video.frames().get(0).data()));
        assertTrue(Clip.read(ogg).frames().size() >= 10);
    }

    @Test
    void aFileThatBecomesUnreadableEndsItsTrack() throws Exception {
        Path file = dir.resolve("gone.y4m");
        try (Y4m.Writer w = new Y4m.Writer(file, 50)) {
            VideoFrame f = frame(16, 16, 0, 50);
            w.write(f);
            f.release();
        }
        MediaDevices devices = MediaDevices.generated().withFile(file);
        Files.writeString(file, "YUV4MPEG2 W16 H16 F25:1\n");
        MediaStreamTrack track = open(devices, false);
        BlockingQueue<String> ended = new LinkedBlockingQueue<>();
        track.onEnded(e -> ended.add("ended"));
        assertTrue(track.getReadyState() == MediaStreamTrackState.ENDED
                || "ended".equals(ended.poll(5, TimeUnit.SECONDS)));
    }

    @Test
    void aRecorderThatCannotWriteStopsAndTells() throws Exception {
        EncodedVideoSource source = new EncodedVideoSource("VP8");
        MediaStreamTrack track = source.createTrack();
        BlockingQueue<IOException> told = new LinkedBlockingQueue<>();
        Recorder r = Recorder.start(track, dir.resolve("b.ivf"));
        r.onError(told::add);
        source.push(EncodedFrame.of(new byte[] {1, 2}, "VP8", 0, false));
        source.push(EncodedFrame.of(new byte[] {0, 2}, "VP8", 3_000, true));
        source.push(EncodedFrame.of(new byte[] {0, 2}, "VP9", 6_000, true));
        source.push(EncodedFrame.of(new byte[] {0, 2}, "VP8", 9_000, true));
        assertEquals(1, told.size());
        assertEquals(told.peek(), r.getFailure());
        assertEquals(1, Clip.read(dir.resolve("b.ivf")).frames().size(), "from the first key frame to the change");
    }

    @Test
    void encodedFilesThatLieAreRefusedWithASentence() throws Exception {
        Random random = new Random(7);
        for (String name : new String[] {"pic-VP8.ivf", "tone.ogg"}) {
            byte[] good = Files.readAllBytes(Path.of("src/test/interop/media").resolve(name));
            Path file = dir.resolve("lie" + name.substring(name.lastIndexOf('.')));
            int refused = 0;
            for (int i = 0; i < 1_000; i++) {
                byte[] bad = Arrays.copyOf(
                        good, random.nextInt(10) == 0 ? random.nextInt(good.length) : Math.min(good.length, 2_000));
                for (int k = 0; k < 4 && bad.length > 0; k++) {
                    bad[random.nextInt(Math.min(60, bad.length))] = (byte) random.nextInt();
                }
                Files.write(file, bad);
                try {
                    assertTrue(!Clip.read(file).frames().isEmpty());
                } catch (IOException e) {
                    assertTrue(!e.getMessage().isEmpty());
                    refused++;
                }
            }
            assertTrue(refused > 100, name + ": " + refused);
        }
    }
}
