package dev.jvmrtc.media;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCTypeError;
import dev.jvmrtc.media.frame.MediaDeviceInfo;
import dev.jvmrtc.media.frame.MediaSource;
import dev.jvmrtc.media.frame.MediaTrackSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Devices that give media (mediacapture-streams §9). Nothing is opened before getUserMedia asks for it, and a server
 * without devices never notices.
 *
 * <p>The default lists real devices only: the microphones that {@code javax.sound} finds, and the cameras that ffmpeg
 * reads where it is installed. It rejects with {@code NotFoundError} where there is none. {@link #generated()} makes
 * its media itself: a 440 Hz tone and a test pattern, both raw, or files.
 */
public final class MediaDevices {

    private static final Logger LOG = LoggerFactory.getLogger(MediaDevices.class);
    private static final String SERVICE_FILE = "META-INF/services/dev.jvmrtc.media.MediaDeviceProvider";

    private record Device(
            MediaDeviceInfo info,
            MediaTrackSettings natural,
            MediaTrackCapabilities can,
            Function<MediaTrackSettings, MediaSource> open) {
        MediaStreamTrack open(MediaTrackConstraints wanted) {
            return new MediaStreamTrack(
                    open.apply(ConstraintSolver.choose(can.of(info), natural, wanted)
                            .settings()),
                    info,
                    wanted);
        }
    }

    private static Device device(MediaDeviceProvider p, MediaDeviceInfo info) {
        return new Device(info, p.settings(info), p.capabilities(info), s -> p.open(info, s));
    }

    private final List<Device> devices;

    /** The real devices of this machine, as the providers on the class path or module path find them. */
    public MediaDevices() {
        this(realDevices());
    }

    private MediaDevices(List<Device> devices) {
        this.devices = List.copyOf(devices);
    }

    private static List<Device> realDevices() {
        List<Device> all = new ArrayList<>();
        for (MediaDeviceProvider p : providers()) {
            for (MediaDeviceInfo info : p.devices()) {
                all.add(device(p, info));
            }
        }
        return all;
    }

    private static List<MediaDeviceProvider> providers() {
        List<MediaDeviceProvider> all = new ArrayList<>();
        var found = ServiceLoader.load(MediaDeviceProvider.class, MediaDevices.class.getClassLoader())
                .iterator();
        while (true) {
            try {
                if (!found.hasNext()) {
                    return all;
                }
                all.add(found.next());
            } catch (ServiceConfigurationError | LinkageError e) {
                // A runtime image without java.desktop has no javax.sound: then there are no such devices, which is no
                // error.
                LOG.debug("a provider of devices cannot be used", e);
            }
        }
    }

    /**
     * Shares the screen (screen-capture §5). Nobody is asked: an application has its user's rights anyway.
     *
     * @return a stream with one track; fails with {@code NotFoundError} where there is no display, and with
     *     {@code NotReadableError} where it cannot be seen, as under Wayland
     */
    public CompletableFuture<MediaStream> getDisplayMedia() {
        return getDisplayMedia(MediaTrackConstraints.NONE);
    }

    /**
     * As {@link #getDisplayMedia()}, smaller or with fewer frames.
     *
     * @param video what is asked, as {@code ideal} or {@code max}
     * @return a stream with one track; fails with a TypeError for {@code min}, {@code exact} and {@code advanced} too,
     *     since what is seen must not be chosen by an application (screen-capture §5.1)
     */
    public CompletableFuture<MediaStream> getDisplayMedia(MediaTrackConstraints video) {
        if (!video.advanced().isEmpty()
                || isRequired(video.width())
                || isRequired(video.height())
                || Stream.of(video.frameRate(), video.aspectRatio())
                        .anyMatch(c -> c != null && (c.min() != null || c.exact() != null))) {
            return CompletableFuture.failedFuture(
                    new RTCTypeError("of a screen something may be ideal or max, not min, exact or advanced"));
        }
        try {
            for (MediaDeviceProvider p : providers()) {
                MediaDeviceInfo display = p.display();
                if (display != null) {
                    return CompletableFuture.completedFuture(
                            new MediaStream(List.of(device(p, display).open(video))));
                }
            }
        } catch (RTCException e) {
            return CompletableFuture.failedFuture(e);
        } catch (LinkageError e) {
            LOG.debug("no java.desktop", e);
        }
        return CompletableFuture.failedFuture(
                new RTCException("NotFoundError", "this Java runtime has no java.desktop, which knows of screens"));
    }

    /** {@return devices that exist everywhere: a tone and a test pattern} */
    public static MediaDevices generated() {
        List<Device> all = new ArrayList<>();
        for (MediaDeviceProvider p : providers()) {
            try {
                p.generated().forEach(info -> all.add(device(p, info)));
            } catch (RuntimeException e) {
                LOG.warn("{} fails to tell its devices", p.getClass().getName(), e);
            }
        }
        if (all.isEmpty()) {
            LOG.warn(
                    "no generated devices are found: {} was lost where jars were put into one, have their service files merged",
                    SERVICE_FILE);
        }
        return new MediaDevices(all);
    }

    /**
     * These devices with those of a file in front, which play it over and over: raw video ({@code .y4m}), raw audio
     * ({@code .wav}), or each track of what {@code Clip.readAll} reads.
     *
     * @param file to be played
     * @return devices, the file's first
     * @throws IOException where no provider can play it, with what the first says of it
     */
    public MediaDevices withFile(Path file) throws IOException {
        IOException refused = null;
        for (MediaDeviceProvider p : providers()) {
            try {
                MediaDeviceProvider player = p.forFile(file);
                if (player != null) {
                    List<Device> all = new ArrayList<>();
                    player.devices().forEach(info -> all.add(device(player, info)));
                    all.addAll(devices);
                    return new MediaDevices(all);
                }
            } catch (IOException e) {
                refused = refused == null ? e : refused;
            } catch (RuntimeException e) {
                refused = refused == null
                        ? new IOException(p.getClass().getName() + " fails to play " + file, e)
                        : refused;
            }
        }
        throw refused != null
                ? refused
                : new IOException("no provider of devices plays files: " + SERVICE_FILE
                        + " was lost where jars were put into one, have their service files merged");
    }

    /** {@return the devices that there are, complete at once} (mediacapture-streams §9.2) */
    public CompletableFuture<List<MediaDeviceInfo>> enumerateDevices() {
        return CompletableFuture.completedFuture(
                devices.stream().map(Device::info).toList());
    }

    /**
     * Opens devices (mediacapture-streams §9.2): for each kind that is wanted the one that fits best what is asked of
     * it, the first of those that fit as well.
     *
     * @param constraints what is wanted
     * @return a stream with a track of each kind that is wanted, complete at once; fails with {@code NotFoundError}
     *     where there is no device, with {@link OverconstrainedError} where none can be as is required, with
     *     {@code NotReadableError} where it cannot be opened, and with a TypeError where nothing is wanted
     */
    public CompletableFuture<MediaStream> getUserMedia(MediaStreamConstraints constraints) {
        if (constraints.audio() == null && constraints.video() == null) {
            return CompletableFuture.failedFuture(new RTCTypeError("getUserMedia wants audio, video or both"));
        }
        List<MediaStreamTrack> tracks = new ArrayList<>();
        try {
            if (constraints.audio() != null) {
                tracks.add(best("audio", constraints.audio()).open(constraints.audio()));
            }
            if (constraints.video() != null) {
                tracks.add(best("video", constraints.video()).open(constraints.video()));
            }
            return CompletableFuture.completedFuture(new MediaStream(tracks));
        } catch (RTCException e) {
            tracks.forEach(MediaStreamTrack::stop);
            return CompletableFuture.failedFuture(e);
        }
    }

    private Device best(String kind, MediaTrackConstraints wanted) {
        Device best = null;
        double least = Double.POSITIVE_INFINITY;
        OverconstrainedError reason = null;
        for (Device d : devices) {
            if (d.info.kind().equals(kind + "input")) {
                try {
                    double distance = ConstraintSolver.choose(d.can.of(d.info), d.natural, wanted)
                            .distance();
                    if (distance < least) {
                        least = distance;
                        best = d;
                    }
                } catch (OverconstrainedError e) {
                    reason = e;
                }
            }
        }
        if (best == null) {
            throw reason != null
                    ? reason
                    : new RTCException(
                            "NotFoundError",
                            "there is no " + kind
                                    + " device: use MediaDevices.generated(), or feed a track from a source of your own");
        }
        return best;
    }

    private static boolean isRequired(ConstrainULong c) {
        return c != null && (c.min() != null || c.exact() != null);
    }

    /** {@return which properties can be asked for (mediacapture-streams §9.2)} */
    public MediaTrackSupportedConstraints getSupportedConstraints() {
        return MediaTrackSupportedConstraints.OURS;
    }
}
