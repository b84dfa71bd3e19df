package dev.jvmrtc.media.device;

import dev.jvmrtc.media.MediaTrackCapabilities;
import dev.jvmrtc.media.VideoSource;
import dev.jvmrtc.media.frame.MediaTrackSettings;
import dev.jvmrtc.media.frame.VideoFrame;
import dev.jvmrtc.media.pipeline.MediaClock;
import java.util.Arrays;
import java.util.concurrent.Future;

/**
 * A test pattern in real time that anyone recognizes: red on the left, blue on the right, a bright square that runs
 * along the bottom.
 */
final class TestPatternSource extends VideoSource {
    static final MediaTrackSettings SETTINGS = MediaTrackSettings.ofVideo(320, 240, 30.0);
    static final MediaTrackCapabilities CAPABILITIES = MediaTrackCapabilities.ofVideo(1_920, 1_080, 60);
    /** Red 200,30,30 and blue 30,30,200 as luma and the two chroma values. */
    private static final int[] RED = {85, 103, 203};

    private static final int[] BLUE = {58, 203, 116};

    private final int width;
    private final int height;
    private final double frameRate;
    private final Future<?> timer;
    private int frame;

    TestPatternSource(MediaTrackSettings settings) {
        width = settings.width().intValue();
        height = settings.height().intValue();
        frameRate = settings.frameRate();
        timer = MediaClock.every((long) (1e9 / frameRate), this::tick);
    }

    @Override
    public MediaTrackSettings settings() {
        return MediaTrackSettings.ofVideo(width, height, frameRate);
    }

    private void tick() {
        if (!hasSinks()) {
            return;
        }
        VideoFrame f = VideoFrame.allocate(width, height, System.nanoTime() / 1_000);
        halves(f.y(), f.yStride(), height, RED[0], BLUE[0]);
        halves(f.u(), f.uvStride(), f.uvHeight(), RED[1], BLUE[1]);
        halves(f.v(), f.uvStride(), f.uvHeight(), RED[2], BLUE[2]);
        int square = Math.min(width, height) / 10;
        int x = (int) (frame++ * 120L / frameRate * width / 320) % Math.max(1, width - square);
        for (int r = height - square * 7 / 6; r < height - square / 6; r++) {
            Arrays.fill(f.y(), r * width + x, r * width + x + square, (byte) 220);
        }
        push(f);
    }

    private static void halves(byte[] plane, int width, int height, int left, int right) {
        for (int r = 0; r < height; r++) {
            Arrays.fill(plane, r * width, r * width + width / 2, (byte) left);
            Arrays.fill(plane, r * width + width / 2, (r + 1) * width, (byte) right);
        }
    }

    @Override
    public void stopped() {
        timer.cancel(false);
    }
}
