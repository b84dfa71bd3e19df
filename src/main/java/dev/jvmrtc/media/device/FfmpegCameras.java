package dev.jvmrtc.media.device;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.media.MediaDeviceProvider;
import dev.jvmrtc.media.MediaTrackCapabilities;
import dev.jvmrtc.media.frame.MediaDeviceInfo;
import dev.jvmrtc.media.frame.MediaSource;
import dev.jvmrtc.media.frame.MediaTrackSettings;
import dev.jvmrtc.media.pipeline.MediaClock;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Cameras through ffmpeg, where that is installed: Video4Linux, AVFoundation, DirectShow. */
public final class FfmpegCameras implements MediaDeviceProvider {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;
    private static final double FRAMES_PER_SECOND = 30;
    /** What cameras can is not asked of them: ffmpeg makes of what they give what is wanted. */
    private static final int MAX_WIDTH = 1_920;

    private static final int MAX_HEIGHT = 1_080;
    private static final long LIST_SECONDS = 5;
    private static final Pattern AVFOUNDATION = Pattern.compile("\\] \\[(\\d+)\\] (.+)$");
    private static final Pattern DIRECTSHOW = Pattern.compile("\\] +\"([^\"]+)\"( \\((\\w+)\\))?$");

    private static boolean isInstalled() {
        String name = os().contains("win") ? "ffmpeg.exe" : "ffmpeg";
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(d -> !d.isEmpty() && Files.isExecutable(Path.of(d, name)));
    }

    private static String os() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT);
    }

    @Override
    public List<MediaDeviceInfo> devices() {
        if (!isInstalled()) {
            return List.of();
        }
        try {
            if (os().contains("mac")) {
                return parseAvFoundation(list("-f", "avfoundation", "-list_devices", "true", "-i", ""));
            }
            if (os().contains("win")) {
                return parseDirectShow(list("-f", "dshow", "-list_devices", "true", "-i", "dummy"));
            }
            return video4Linux(Path.of("/sys/class/video4linux"));
        } catch (IOException e) {
            return List.of();
        }
    }

    private static String list(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-nostdin", "-hide_banner"));
        command.addAll(List.of(options));
        Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            MediaClock.after(TimeUnit.SECONDS.toNanos(LIST_SECONDS), p::destroyForcibly);
            return new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            p.destroy();
        }
    }

    /** A device has a folder with its name in it; of those of one camera, the first delivers frames. */
    static List<MediaDeviceInfo> video4Linux(Path folder) throws IOException {
        List<MediaDeviceInfo> all = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return all;
        }
        try (Stream<Path> devices = Files.list(folder)) {
            for (Path d : devices.sorted().toList()) {
                Path index = d.resolve("index");
                if (!Files.exists(index) || Files.readString(index).strip().equals("0")) {
                    String name = Files.readString(d.resolve("name")).strip();
                    all.add(camera("/dev/" + d.getFileName(), name));
                }
            }
        }
        return all;
    }

    private static MediaDeviceInfo camera(String id, String name) {
        return new MediaDeviceInfo(id, "videoinput", name, name);
    }

    static List<MediaDeviceInfo> parseAvFoundation(String listing) {
        List<MediaDeviceInfo> all = new ArrayList<>();
        boolean video = false;
        for (String line : listing.split("\\R")) {
            if (line.contains("devices:")) {
                video = line.contains("video devices:");
            }
            Matcher m = AVFOUNDATION.matcher(line);
            if (video && m.find() && !m.group(2).startsWith("Capture screen")) {
                all.add(camera(m.group(1), m.group(2)));
            }
        }
        return all;
    }

    /** Newer versions say of each device what it is, older ones list cameras under a headline. */
    static List<MediaDeviceInfo> parseDirectShow(String listing) {
        List<MediaDeviceInfo> all = new ArrayList<>();
        boolean video = true;
        for (String line : listing.split("\\R")) {
            if (line.contains("DirectShow audio devices")) {
                video = false;
            }
            Matcher m = DIRECTSHOW.matcher(line);
            if (m.find()
                    && !line.contains("Alternative name")
                    && (m.group(3) == null ? video : m.group(3).equals("video"))) {
                all.add(camera(m.group(1), m.group(1)));
            }
        }
        return all;
    }

    @Override
    public MediaTrackSettings settings(MediaDeviceInfo device) {
        return MediaTrackSettings.ofVideo(WIDTH, HEIGHT, FRAMES_PER_SECOND);
    }

    @Override
    public MediaTrackCapabilities capabilities(MediaDeviceInfo device) {
        return MediaTrackCapabilities.ofVideo(MAX_WIDTH, MAX_HEIGHT, FRAMES_PER_SECOND);
    }

    @Override
    public MediaSource open(MediaDeviceInfo device, MediaTrackSettings settings) {
        if (!isInstalled()) {
            throw new RTCException("NotFoundError", "cameras are read by ffmpeg, which is not installed");
        }
        List<String> input = os().contains("mac")
                ? List.of("-f", "avfoundation", "-framerate", "30", "-i", device.deviceId())
                : os().contains("win")
                        ? List.of("-f", "dshow", "-i", "video=" + device.deviceId())
                        // Of the sizes that the camera has, its driver takes the one next to this.
                        : List.of(
                                "-f",
                                "v4l2",
                                "-video_size",
                                settings.width() + "x" + settings.height(),
                                "-i",
                                device.deviceId());
        return FfmpegSource.start(
                input, settings.width().intValue(), settings.height().intValue(), settings.frameRate());
    }
}
