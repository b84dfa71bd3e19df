package dev.jvmrtc.media.desktop;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.media.VideoSource;
import dev.jvmrtc.media.frame.MediaDeviceInfo;
import dev.jvmrtc.media.frame.MediaTrackSettings;
import java.awt.AWTException;
import java.awt.GraphicsDevice;
import java.awt.GraphicsEnvironment;
import java.awt.Rectangle;
import java.awt.Robot;
import java.util.concurrent.locks.LockSupport;

/** The frames of a screen, captured through {@link Robot}. Ends with its last track. */
final class ScreenSource extends VideoSource {
    private final Robot robot;
    private final Rectangle bounds;
    private final long intervalNanos;
    private volatile boolean running = true;

    private ScreenSource(Robot robot, Rectangle bounds, double framesPerSecond) {
        this.robot = robot;
        this.bounds = bounds;
        this.intervalNanos = (long) (1e9 / framesPerSecond);
    }

    private static GraphicsDevice screen() {
        return GraphicsEnvironment.getLocalGraphicsEnvironment().getDefaultScreenDevice();
    }

    static MediaTrackSettings settings(double framesPerSecond) {
        Rectangle r = screen().getDefaultConfiguration().getBounds();
        return MediaTrackSettings.ofVideo(r.width, r.height, framesPerSecond);
    }

    /** The default screen. Throws where there is none, or none that can be seen. */
    static MediaDeviceInfo device() {
        if (GraphicsEnvironment.isHeadless()) {
            throw new RTCException(
                    "NotFoundError", "this JVM has no display: DISPLAY is not set, or java.awt.headless is");
        }
        if ("wayland".equalsIgnoreCase(System.getenv("XDG_SESSION_TYPE"))) {
            throw new RTCException(
                    "NotReadableError",
                    "under Wayland java.awt.Robot sees a black screen only: log in with an X11 session to share the screen");
        }
        return new MediaDeviceInfo(screen().getIDstring(), "videoinput", "screen " + screen().getIDstring(), "screen");
    }

    static ScreenSource open(double framesPerSecond) {
        try {
            ScreenSource s = new ScreenSource(
                    new Robot(screen()), screen().getDefaultConfiguration().getBounds(), framesPerSecond);
            Thread t = new Thread(s::capture, "jvmrtc-screen");
            t.setDaemon(true);
            t.start();
            return s;
        } catch (AWTException | SecurityException e) {
            throw new RTCException("NotReadableError", "the screen cannot be captured: " + e.getMessage(), e);
        }
    }

    private void capture() {
        long next = System.nanoTime();
        while (running) {
            push(Images.toFrame(robot.createScreenCapture(bounds), System.nanoTime() / 1_000));
            next = Math.max(next + intervalNanos, System.nanoTime());
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    @Override
    public void stopped() {
        running = false;
    }
}
