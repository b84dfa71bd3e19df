package dev.jvmrtc.media.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.MediaStreamTrackState;
import dev.jvmrtc.media.frame.MediaDeviceInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FfmpegTest {

    private static MediaStreamTrack open(String... input) {
        try {
            return FfmpegSource.open(List.of(input), 160, 120, 25, "test");
        } catch (dev.jvmrtc.dom.RTCException e) {
            return Assumptions.abort("SKIPPED: ffmpeg is not installed");
        }
    }

    @Test
    void framesComeAndTheProcessEndsWithTheTrack() throws Exception {
        MediaStreamTrack track = open("-re", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25");
        BlockingQueue<String> sizes = new LinkedBlockingQueue<>();
        track.onVideoFrame(f -> sizes.add(f.width() + "x" + f.height()));
        for (int i = 0; i < 5; i++) {
            assertEquals("160x120", sizes.poll(10, TimeUnit.SECONDS));
        }
        FfmpegSource source = (FfmpegSource) track.getSource();
        assertFalse(source.exited().isDone());
        track.stop();
        source.exited().get(10, TimeUnit.SECONDS);
    }

    @Test
    void aProcessThatDiesEndsTheTrack() throws Exception {
        for (String input : List.of("testsrc2=size=320x240:rate=25:duration=0.2", "there_is_no_such_source")) {
            MediaStreamTrack track = open("-f", "lavfi", "-i", input);
            CountDownLatch ended = new CountDownLatch(1);
            track.onEnded(e -> ended.countDown());
            if (track.getReadyState() == MediaStreamTrackState.LIVE) { // else it had gone before anyone could listen
                assertTrue(ended.await(10, TimeUnit.SECONDS), input);
            }
            assertEquals(MediaStreamTrackState.ENDED, track.getReadyState());
        }
    }

    @Test
    void aProcessThatFloodsItsErrorsStillDeliversAndLeavesNoThread() throws Exception {
        FfmpegSource source = FfmpegSource.run(
                List.of("sh", "-c", "yes complaint >&2 & flood=$!; head -c 576000 /dev/zero; kill $flood"),
                160,
                120,
                25,
                10_000);
        MediaStreamTrack track = new MediaStreamTrack(source, "flood");
        CountDownLatch ended = new CountDownLatch(1);
        track.onEnded(e -> ended.countDown());
        assertTrue(track.getReadyState() == MediaStreamTrackState.ENDED || ended.await(20, TimeUnit.SECONDS));
        source.exited().get(10, TimeUnit.SECONDS);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (Thread.getAllStackTraces().keySet().stream()
                .anyMatch(t -> t.getName().startsWith("jvmrtc-camera"))) {
            assertTrue(System.nanoTime() < end, "a thread is left");
            Thread.onSpinWait();
        }
    }

    @Test
    void aProcessThatHangsIsEndedAndItsTrackWithIt() throws Exception {
        FfmpegSource source = FfmpegSource.run(List.of("sleep", "600"), 160, 120, 25, 400);
        MediaStreamTrack track = new MediaStreamTrack(source, "hang");
        CountDownLatch ended = new CountDownLatch(1);
        track.onEnded(e -> ended.countDown());
        assertTrue(track.getReadyState() == MediaStreamTrackState.ENDED || ended.await(10, TimeUnit.SECONDS));
        source.exited().get(10, TimeUnit.SECONDS);
    }

    @Test
    void camerasAreFoundInWhatEachSystemLists(@TempDir Path dir) throws Exception {
        for (String[] d : new String[][] {
            {"video0", "0", "Integrated Camera"}, {"video1", "1", "Integrated Camera"}, {"video2", "0", "USB Camera"}
        }) {
            Files.createDirectory(dir.resolve(d[0]));
            Files.writeString(dir.resolve(d[0]).resolve("index"), d[1] + "\n");
            Files.writeString(dir.resolve(d[0]).resolve("name"), d[2] + "\n");
        }
        assertEquals(
                List.of("/dev/video0 Integrated Camera", "/dev/video2 USB Camera"),
                names(FfmpegCameras.video4Linux(dir)));
        assertEquals(
                List.of("0 FaceTime HD Camera", "1 OBS Virtual Camera"), names(FfmpegCameras.parseAvFoundation("""
            [AVFoundation indev @ 0x7f8] AVFoundation video devices:
            [AVFoundation indev @ 0x7f8] [0] FaceTime HD Camera
            [AVFoundation indev @ 0x7f8] [1] OBS Virtual Camera
            [AVFoundation indev @ 0x7f8] [2] Capture screen 0
            [AVFoundation indev @ 0x7f8] AVFoundation audio devices:
            [AVFoundation indev @ 0x7f8] [0] MacBook Pro Microphone
            """)));
        assertEquals(List.of("HD WebCam HD WebCam"), names(FfmpegCameras.parseDirectShow("""
            [dshow @ 000001] "HD WebCam" (video)
            [dshow @ 000001]   Alternative name "@device_pnp_x"
            [dshow @ 000001] "Microphone (Realtek)" (audio)
            """)));
        assertEquals(List.of("HD WebCam HD WebCam"), names(FfmpegCameras.parseDirectShow("""
            [dshow @ 000001] DirectShow video devices (some may be both video and audio devices)
            [dshow @ 000001]  "HD WebCam"
            [dshow @ 000001]     Alternative name "@device_pnp_x"
            [dshow @ 000001] DirectShow audio devices
            [dshow @ 000001]  "Microphone (Realtek)"
            """)));
    }

    private static List<String> names(List<MediaDeviceInfo> devices) {
        return devices.stream().map(d -> d.deviceId() + " " + d.label()).toList();
    }
}
