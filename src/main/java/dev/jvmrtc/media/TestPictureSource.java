package dev.jvmrtc.media;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A picture in real time that anyone recognizes: red on the left, blue on the right, a bright square that runs along the bottom. */
final class TestPictureSource extends VideoSource {
    private static final int WIDTH = 320;
    private static final int HEIGHT = 240;
    private static final int FRAMES_PER_SECOND = 30;
    private static final int SQUARE = 24;
    /** Red 200,30,30 and blue 30,30,200 as brightness and the two colours. */
    private static final int[] RED = {85, 103, 203};
    private static final int[] BLUE = {58, 203, 116};

    private final Future<?> timer = ClipSource.sharedClock().scheduleAtFixedRate(this::tick, 0, 1_000_000 / FRAMES_PER_SECOND, TimeUnit.MICROSECONDS);
    private int frame;

    private void tick() {
        if (!hasSinks()) {
            return;
        }
        VideoFrame f = VideoFrame.allocate(WIDTH, HEIGHT, System.nanoTime() / 1_000);
        halves(f.y(), f.yStride(), HEIGHT, RED[0], BLUE[0]);
        halves(f.u(), f.uvStride(), f.uvHeight(), RED[1], BLUE[1]);
        halves(f.v(), f.uvStride(), f.uvHeight(), RED[2], BLUE[2]);
        int x = frame++ * 4 % (WIDTH - SQUARE);
        for (int r = HEIGHT - SQUARE - 4; r < HEIGHT - 4; r++) {
            java.util.Arrays.fill(f.y(), r * WIDTH + x, r * WIDTH + x + SQUARE, (byte) 220);
        }
        push(f);
    }

    private static void halves(byte[] plane, int width, int height, int left, int right) {
        for (int r = 0; r < height; r++) {
            java.util.Arrays.fill(plane, r * width, r * width + width / 2, (byte) left);
            java.util.Arrays.fill(plane, r * width + width / 2, (r + 1) * width, (byte) right);
        }
    }

    @Override
    public void stopped() {
        timer.cancel(false);
    }
}
