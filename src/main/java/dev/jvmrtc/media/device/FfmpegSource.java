package dev.jvmrtc.media.device;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.VideoSource;
import dev.jvmrtc.media.frame.MediaTrackSettings;
import dev.jvmrtc.media.frame.VideoFrame;
import dev.jvmrtc.media.pipeline.MediaClock;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frames that an ffmpeg process captures: a camera, or anything else that ffmpeg can read. The process ends with the
 * last track; when it dies or stops delivering, the track ends, and what ffmpeg said last is logged.
 */
public final class FfmpegSource extends VideoSource {
    private static final Logger LOG = LoggerFactory.getLogger(FfmpegSource.class);
    /** How long a camera may take to wake up, and ffmpeg may be silent afterwards. */
    static final long SILENCE_MILLIS = 10_000;
    /** What of ffmpeg's complaints is kept. */
    private static final int MAX_COMPLAINT = 2_000;

    private final Process process;
    private final int width;
    private final int height;
    private final StringBuilder complaint = new StringBuilder();
    private volatile boolean running = true;
    private volatile long lastNanos = System.nanoTime();

    private final double frameRate;
    private final long silenceMillis;

    private FfmpegSource(Process process, int width, int height, double frameRate, long silenceMillis) {
        this.silenceMillis = silenceMillis;
        this.frameRate = frameRate;
        this.process = process;
        this.width = width;
        this.height = height;
    }

    /**
     * Starts ffmpeg.
     *
     * @param input ffmpeg's options for what to read, such as {@code -f v4l2 -i /dev/video0}
     * @param label the track's
     */
    public static MediaStreamTrack open(
            List<String> input, int width, int height, double framesPerSecond, String label) {
        return new MediaStreamTrack(start(input, width, height, framesPerSecond), label);
    }

    static FfmpegSource start(List<String> input, int width, int height, double framesPerSecond) {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error"));
        command.addAll(input);
        command.addAll(List.of(
                "-an",
                "-vf",
                "scale=" + width + ":" + height + ":force_original_aspect_ratio=increase,crop=" + width + ":" + height
                        + ",fps=" + framesPerSecond,
                "-f",
                "rawvideo",
                "-pix_fmt",
                "yuv420p",
                "-"));
        return run(command, width, height, framesPerSecond, SILENCE_MILLIS);
    }

    /** Whatever writes frames to its output. */
    static FfmpegSource run(List<String> command, int width, int height, double framesPerSecond, long silenceMillis) {
        try {
            FfmpegSource s = new FfmpegSource(
                    new ProcessBuilder(command).start(), width, height, framesPerSecond, silenceMillis);
            s.start("jvmrtc-camera", s::read);
            s.start("jvmrtc-camera-errors", s::readErrors);
            return s;
        } catch (IOException e) {
            throw new RTCException("NotReadableError", "ffmpeg cannot be started: " + e.getMessage(), e);
        }
    }

    @Override
    public MediaTrackSettings settings() {
        return MediaTrackSettings.ofVideo(width, height, frameRate);
    }

    private void start(String name, Runnable task) {
        Thread t = new Thread(task, name);
        t.setDaemon(true);
        t.start();
    }

    private void read() {
        var watchdog = MediaClock.every(TimeUnit.MILLISECONDS.toNanos(silenceMillis / 4), this::watch);
        try (InputStream in = new BufferedInputStream(process.getInputStream(), 1 << 16)) {
            while (running) {
                VideoFrame f = VideoFrame.allocate(width, height, 0);
                boolean whole = in.readNBytes(f.y(), 0, f.y().length) == f.y().length
                        && in.readNBytes(f.u(), 0, f.u().length) == f.u().length
                        && in.readNBytes(f.v(), 0, f.v().length) == f.v().length;
                if (!whole) {
                    f.release();
                    break;
                }
                lastNanos = System.nanoTime();
                push(f.at(lastNanos / 1_000));
            }
        } catch (IOException e) {
            LOG.debug("ffmpeg's output ended", e);
        } finally {
            watchdog.cancel(false);
            process.destroyForcibly();
            if (running) {
                synchronized (complaint) {
                    LOG.warn(
                            "ffmpeg has ended: {}",
                            String.join("; ", complaint.toString().strip().split("\\R")));
                }
                end();
            }
        }
    }

    private void watch() {
        if (System.nanoTime() - lastNanos > TimeUnit.MILLISECONDS.toNanos(silenceMillis)) {
            LOG.warn("ffmpeg has delivered nothing for {} ms and is ended", silenceMillis);
            process.destroyForcibly();
        }
    }

    /** Read to the end, so that ffmpeg never waits for someone to listen; only the first of it is kept. */
    private void readErrors() {
        byte[] buffer = new byte[1_024];
        try (InputStream in = process.getErrorStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                synchronized (complaint) {
                    complaint.append(new String(
                            buffer, 0, Math.min(n, MAX_COMPLAINT - complaint.length()), StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            LOG.debug("ffmpeg's messages ended", e);
        }
    }

    /** Completes when ffmpeg has gone. */
    CompletableFuture<Process> exited() {
        return process.onExit();
    }

    @Override
    public void stopped() {
        running = false;
        process.destroy();
    }
}
