package dev.jvmrtc.media.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmrtc.media.EncodedAudioSource;
import dev.jvmrtc.media.EncodedVideoSource;
import dev.jvmrtc.media.MediaDevices;
import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.MediaStreamConstraints;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.frame.EncodedFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallRecorderTest {
    @TempDir
    Path dir;

    private static void push(EncodedVideoSource source, String codec, int from, int to) throws IOException {
        for (EncodedFrame f : Samples.video(codec).subList(from, to)) {
            source.push(f);
        }
    }

    @Test
    void rawTracksOfAStreamAreEncodedIntoOneFile() throws Exception {
        MediaStream s = MediaDevices.generated()
                .getUserMedia(new MediaStreamConstraints(true, true))
                .get();
        Path file = dir.resolve("a.webm");
        try (CallRecorder r = CallRecorder.start(file)) {
            for (MediaStreamTrack t : s.getTracks()) {
                r.add(t, s);
            }
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (r.getFrames() < 60 && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            assertTrue(r.getFrames() >= 60);
        }
        s.getTracks().forEach(MediaStreamTrack::stop);
        assumeTrue(Samples.has("ffprobe"));
        assertEquals("", Samples.decode(file));
        List<String> codecs =
                Samples.probe(file, "stream=codec_name").lines().sorted().toList();
        assertEquals(List.of("opus", "vp8"), codecs);
    }

    @Test
    void aCodecThatChangesGoesOnAsAFurtherTrackAndOneThatNoFileHoldsIsLeftOut() throws Exception {
        Path file = dir.resolve("a.mkv");
        EncodedVideoSource video = new EncodedVideoSource("VP8");
        EncodedAudioSource audio = new EncodedAudioSource("G722");
        List<IOException> told = new ArrayList<>();
        CallRecorder r = CallRecorder.start(file);
        r.onError(told::add);
        r.add(video.createTrack());
        r.add(audio.createTrack());
        push(video, "VP8", 1, 3);
        assertEquals(0, r.getFrames(), "nothing before a key frame");
        push(video, "VP8", 0, 30);
        for (int i = 0; i < 3; i++) {
            audio.push(EncodedFrame.of(new byte[160], "G722", 0, true));
        }
        push(video, "VP9", 0, 30);
        push(video, "VP8", 30, 60);
        assertEquals(90, r.getFrames());
        assertEquals(1, told.size(), "once");
        assertTrue(told.get(0).getMessage().contains("G722") && r.getFailure() == told.get(0));
        r.close();
        push(video, "VP8", 60, 61);
        assertEquals(90, r.getFrames());
        assertThrows(IOException.class, () -> r.add(video.createTrack()));
        assumeTrue(Samples.has("ffprobe"));
        assertEquals("vp8,60\nvp9,30", Samples.probe(file, "stream=codec_name,nb_read_packets", "-count_packets"));
    }

    @Test
    void nothingWaitsForATrackThatIsLeftOut() throws Exception {
        Path file = dir.resolve("a.webm");
        EncodedVideoSource video = new EncodedVideoSource("VP8");
        EncodedAudioSource audio = new EncodedAudioSource("G722");
        try (CallRecorder r = CallRecorder.start(file)) {
            r.add(audio.createTrack());
            r.add(video.createTrack());
            audio.push(EncodedFrame.of(new byte[160], "G722", 0, true));
            push(video, "VP8", 0, 30);
            assertEquals(
                    30, MediaFile.read(Files.readAllBytes(file)).get(0).frames().size(), "what is in the file by now");
        }
    }

    @Test
    void aKeyFrameIsAskedForAndATrackThatIsTakenOutGivesNothingMore() throws Exception {
        EncodedVideoSource video = new EncodedVideoSource("VP8");
        List<String> asked = new ArrayList<>();
        video.onKeyFrameRequested(rid -> asked.add("a key frame"));
        try (CallRecorder r = CallRecorder.start(dir.resolve("a.webm"))) {
            MediaStreamTrack track = video.createTrack();
            r.add(track);
            assertEquals(1, asked.size());
            push(video, "VP8", 0, 10);
            r.remove(track);
            push(video, "VP8", 10, 20);
            assertEquals(10, r.getFrames());
            r.add(track);
            push(video, "VP8", 0, 10);
            assertEquals(20, r.getFrames());
        }
        assertEquals(
                0,
                Clip.readAll(dir.resolve("a.webm")).get(0).frames().get(0).rtpTimestamp(),
                900,
                "the file begins with the first frame");
    }

    @Test
    void aTrackForWhichTheFileHasNoRoomIsLeftOutAndTheOthersGoOn() throws Exception {
        Path file = dir.resolve("a.mkv");
        List<IOException> told = new ArrayList<>();
        EncodedFrame long1 = EncodedFrame.of(
                HexFormat.of()
                        .parseHex("00000001" + "6742c01e95a0" + "ff".repeat(1_900) + "00000001" + "68ce3c80"
                                + "00000001" + "65b8aaaa"),
                "H264",
                0,
                true);
        EncodedVideoSource video = new EncodedVideoSource("VP8");
        try (CallRecorder r = CallRecorder.start(file)) {
            r.onError(told::add);
            r.add(video.createTrack());
            for (int i = 0; i < 10; i++) {
                EncodedVideoSource s = new EncodedVideoSource("H264");
                r.add(s.createTrack());
                s.push(long1);
                s.push(long1);
            }
            assertTrue(told.size() > 0 && told.size() < 5, told + "");
            assertTrue(
                    told.get(0).getMessage().contains("left out")
                            && told.get(0).getMessage().contains("no room"),
                    told.get(0).getMessage());
            push(video, "VP8", 0, 30);
            assertEquals(30 + 2 * (10 - told.size()), r.getFrames());
        }
        assertEquals(11 - told.size(), Clip.readAll(file).size());
    }

    @Test
    void aFileIsWholeWhoeverGivesFramesWhileItIsClosed() throws Exception {
        List<EncodedFrame> video = Samples.video("VP8");
        for (int run = 0; run < 10; run++) {
            Path file = dir.resolve("a" + run + ".webm");
            CallRecorder r = CallRecorder.start(file);
            List<IOException> told = Collections.synchronizedList(new ArrayList<>());
            r.onError(told::add);
            List<Thread> threads = new ArrayList<>();
            AtomicBoolean end = new AtomicBoolean();
            for (int i = 0; i < 3; i++) {
                EncodedVideoSource source = new EncodedVideoSource("VP8");
                MediaStreamTrack track = source.createTrack();
                r.add(track);
                threads.add(new Thread(() -> {
                    for (int n = 0; !end.get(); n++) {
                        source.push(video.get(n % video.size()));
                    }
                }));
            }
            threads.forEach(Thread::start);
            while (r.getFrames() < 100) {
                Thread.onSpinWait();
            }
            r.close();
            long frames = r.getFrames();
            end.set(true);
            for (Thread t : threads) {
                t.join();
            }
            assertEquals(List.of(), told);
            assertEquals(frames, r.getFrames(), "none after the end");
            assertEquals(
                    frames,
                    MediaFile.read(Files.readAllBytes(file)).stream()
                            .mapToLong(c -> c.frames().size())
                            .sum());
        }
    }

    @Test
    void whereNothingCanBeWrittenThatIsSaid() throws Exception {
        assertThrows(
                IOException.class, () -> CallRecorder.start(dir.resolve("none").resolve("a.webm")));
        assertThrows(IOException.class, () -> CallRecorder.start(dir.resolve("a.ivf")));
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full));
        Path file = Files.createSymbolicLink(Files.createTempDirectory("full").resolve("full.webm"), full);
        assertNotNull(
                assertThrows(IOException.class, () -> CallRecorder.start(file)).getMessage());
    }
}
