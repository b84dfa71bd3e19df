package dev.jvmrtc.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.dom.RTCTypeError;
import dev.jvmrtc.media.frame.MediaDeviceInfo;
import dev.jvmrtc.media.frame.MediaTrackSettings;
import dev.jvmrtc.media.frame.ULongRange;
import dev.jvmrtc.media.frame.VideoFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConstraintsTest {
    private static final MediaTrackCapabilities CAN = MediaTrackCapabilities.ofVideo(1_920, 1_080, 60)
            .of(new MediaDeviceInfo("cam1", "videoinput", "Camera", "usb"));
    private static final MediaTrackSettings NATURAL = MediaTrackSettings.ofVideo(640, 480, 30.0);

    private static MediaTrackConstraints.Builder ask() {
        return MediaTrackConstraints.builder();
    }

    private static String chosen(MediaTrackConstraints.Builder c) {
        MediaTrackSettings s = ConstraintSolver.choose(CAN, NATURAL, c.build()).settings();
        return s.width() + "x" + s.height() + " " + s.frameRate() + " " + s.resizeMode();
    }

    private static String refused(MediaTrackConstraints.Builder c) {
        return assertThrows(OverconstrainedError.class, () -> ConstraintSolver.choose(CAN, NATURAL, c.build()))
                .getConstraint();
    }

    @Test
    void whatIsIdealIsMetAsNearlyAsCanBe() {
        assertEquals("640x480 30.0 none", chosen(ask()));
        assertEquals(
                "1280x960 30.0 crop-and-scale", chosen(ask().width(ConstrainULong.ideal(1_280))), "the shape stays");
        assertEquals(
                "1280x720 60.0 crop-and-scale",
                chosen(ask().width(ConstrainULong.ideal(1_280))
                        .height(ConstrainULong.ideal(720))
                        .frameRate(ConstrainDouble.ideal(100))));
        assertEquals(
                "1920x1080 30.0 crop-and-scale",
                chosen(ask().width(ConstrainULong.ideal(5_000)).height(ConstrainULong.ideal(5_000))));
        assertEquals(
                "160x120 15.0 crop-and-scale",
                chosen(ask().width(ConstrainULong.max(160)).frameRate(ConstrainDouble.max(15))));
        assertEquals("480x480 30.0 crop-and-scale", chosen(ask().aspectRatio(ConstrainDouble.exact(1))));
    }

    @Test
    void whatIsRequiredAndCannotBeIsNamed() {
        assertEquals("width", refused(ask().width(ConstrainULong.min(2_000))));
        assertEquals("frameRate", refused(ask().frameRate(ConstrainDouble.exact(120))));
        assertEquals("deviceId", refused(ask().deviceId(ConstrainDOMString.exact("cam2"))));
        assertEquals("facingMode", refused(ask().facingMode(ConstrainDOMString.exact("user"))));
        assertEquals(
                "aspectRatio",
                refused(ask().aspectRatio(ConstrainDouble.exact(2))
                        .width(ConstrainULong.exact(400))
                        .height(ConstrainULong.exact(400))));
        assertEquals(
                "resizeMode",
                refused(ask().resizeMode(ConstrainDOMString.exact("none")).width(ConstrainULong.exact(400))));
        MediaTrackCapabilities audio =
                MediaTrackCapabilities.ofAudio(new ULongRange(8_000L, 48_000L), new ULongRange(1L, 2L));
        MediaTrackConstraints echo =
                ask().echoCancellation(ConstrainBoolean.exact(true)).build();
        assertEquals(
                "echoCancellation",
                assertThrows(
                                OverconstrainedError.class,
                                () -> ConstraintSolver.choose(audio, MediaTrackSettings.ofAudio(48_000, 1), echo))
                        .getConstraint());
        assertFalse(new MediaDevices().getSupportedConstraints().echoCancellation());
        assertEquals(
                "640x480 30.0 none",
                chosen(ask().sampleRate(ConstrainULong.exact(1))),
                "what is asked of audio is nothing to video");
    }

    @Test
    void advancedSetsAreMetWholeOrLeftOut() {
        assertEquals(
                "800x600 30.0 crop-and-scale",
                chosen(ask().width(ConstrainULong.ideal(640))
                        .advanced(List.of(
                                ask().width(ConstrainULong.exact(4_000)).build(),
                                ask().width(ConstrainULong.min(800))
                                        .frameRate(ConstrainDouble.exact(30))
                                        .build(),
                                ask().width(ConstrainULong.exact(1_000))
                                        .frameRate(ConstrainDouble.exact(99))
                                        .build()))));
    }

    @Test
    void theDeviceThatFitsBestIsOpenedAsItWasAsked() throws Exception {
        MediaDevices devices = MediaDevices.generated();
        MediaStream s = devices.getUserMedia(MediaStreamConstraints.builder()
                        .video(ask().width(ConstrainULong.exact(480))
                                .height(ConstrainULong.exact(270))
                                .frameRate(ConstrainDouble.ideal(20))
                                .build())
                        .build())
                .get();
        MediaStreamTrack track = s.getVideoTracks().get(0);
        assertEquals(480, track.getSettings().width());
        assertEquals(20.0, track.getSettings().frameRate());
        assertEquals("pattern", track.getSettings().deviceId());
        assertEquals(480, track.getCapabilities().width().max());
        BlockingQueue<String> sizes = new LinkedBlockingQueue<>();
        track.onVideoFrame(f -> sizes.add(f.width() + "x" + f.height()));
        assertEquals("480x270", sizes.poll(5, TimeUnit.SECONDS));
        track.stop();
        MediaStreamConstraints never = MediaStreamConstraints.builder()
                .audio(true)
                .video(ask().width(ConstrainULong.exact(4_000)).build())
                .build();
        CompletionException e = assertThrows(
                CompletionException.class, () -> devices.getUserMedia(never).join());
        assertEquals(
                "width",
                assertInstanceOf(OverconstrainedError.class, e.getCause()).getConstraint());
        e = assertThrows(
                CompletionException.class,
                () -> devices.getUserMedia(new MediaStreamConstraints(false, false))
                        .join());
        assertInstanceOf(RTCTypeError.class, e.getCause());
        e = assertThrows(
                CompletionException.class,
                () -> devices.getDisplayMedia(ask().width(ConstrainULong.min(4)).build())
                        .join());
        assertInstanceOf(RTCTypeError.class, e.getCause());
    }

    /** A frame whose brightness grows from left to right, from 0 to 200. */
    private static VideoFrame slope(int width, int height, long micros) {
        VideoFrame f = VideoFrame.allocate(width, height, micros);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                f.y()[y * width + x] = (byte) (200 * x / width);
            }
        }
        return f;
    }

    @Test
    void aTrackIsMadeSmallerAndSlowerForItsSinksButNotForThoseOfItsClone() {
        VideoSource source = new VideoSource();
        MediaStreamTrack track = source.createTrack();
        MediaStreamTrack clone = track.clone();
        assertNull(track.getSettings().width(), "nothing is known before the first frame");
        List<String> seen = new ArrayList<>();
        List<String> seenByClone = new ArrayList<>();
        int[] left = new int[1];
        track.onVideoFrame(f -> {
            seen.add(f.width() + "x" + f.height());
            left[0] = f.y()[0] & 0xFF;
        });
        clone.onVideoFrame(f -> seenByClone.add(f.width() + "x" + f.height()));
        for (int i = 0; i < 30; i++) {
            if (i == 10) {
                track.applyConstraints(ask().width(ConstrainULong.exact(90))
                                .height(ConstrainULong.exact(90))
                                .frameRate(ConstrainDouble.max(10))
                                .build())
                        .join();
            }
            source.push(slope(320, 180, i * 33_333L));
        }
        assertEquals("320x180", seen.get(9));
        List<String> after = seen.subList(10, seen.size());
        assertTrue(after.size() >= 6 && after.size() <= 8, after.size() + " of 20 at a third of the rate");
        assertTrue(after.stream().allMatch("90x90"::equals), after.toString());
        assertEquals(200 * 70 / 320, left[0], 3, "cropped at both sides, not squeezed");
        assertEquals(90, track.getSettings().width());
        assertEquals("crop-and-scale", track.getSettings().resizeMode());
        assertEquals(30, seenByClone.size());
        assertEquals(320, clone.getSettings().width());
        CompletionException e = assertThrows(
                CompletionException.class,
                () -> track.applyConstraints(
                                ask().width(ConstrainULong.min(400)).build())
                        .join());
        assertInstanceOf(OverconstrainedError.class, e.getCause());
        assertEquals(90, track.getSettings().width(), "what was refused changes nothing");
        track.applyConstraints(MediaTrackConstraints.NONE).join();
        source.push(slope(320, 180, 2_000_000));
        assertEquals("320x180", seen.get(seen.size() - 1));
    }

    @Test
    void aSourceThatEndsEndsAllItsTracksAlsoThoseThatAreYetToCome() {
        class Ending extends VideoSource {
            void unplug() {
                end();
            }
        }
        Ending source = new Ending();
        MediaStreamTrack track = source.createTrack();
        MediaStreamTrack clone = track.clone();
        List<String> events = new ArrayList<>();
        track.onEnded(x -> events.add("track"));
        clone.onEnded(x -> events.add("clone"));
        source.unplug();
        assertEquals(List.of("track", "clone"), events);
        assertEquals(MediaStreamTrackState.ENDED, source.createTrack().getReadyState());
    }
}
