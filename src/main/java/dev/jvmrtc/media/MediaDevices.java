package dev.jvmrtc.media;

import dev.jvmrtc.RTCException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Devices that give media (mediacapture-streams §9). Nothing is opened before getUserMedia asks for it, and a server without devices never notices.
 *
 * <p>The default lists real devices only: the microphones that {@code javax.sound} finds, and the cameras that ffmpeg reads where it is installed. It rejects with {@code NotFoundError} where there is none.
 * {@link #generated()} makes its media itself: a
 * 440 Hz tone and a test picture, both raw, or files.
 */
public final class MediaDevices {

    private static final Logger LOG = LoggerFactory.getLogger(MediaDevices.class);

    private record Device(MediaDeviceInfo info, Supplier<MediaStreamTrack> open) {
    }

    private final List<Device> devices;

    /** The real devices of this machine, as the providers on the class path or module path find them. */
    public MediaDevices() {
        this(realDevices());
    }

    private MediaDevices(List<Device> devices) {
        this.devices = devices;
    }

    private static List<Device> realDevices() {
        List<Device> all = new ArrayList<>();
        for (MediaDeviceProvider p : providers()) {
            for (MediaDeviceInfo info : p.devices()) {
                all.add(new Device(info, () -> p.open(info)));
            }
        }
        return all;
    }

    private static List<MediaDeviceProvider> providers() {
        List<MediaDeviceProvider> all = new ArrayList<>();
        var found = ServiceLoader.load(MediaDeviceProvider.class, MediaDevices.class.getClassLoader()).iterator();
        while (true) {
            try {
                if (!found.hasNext()) {
                    return all;
                }
                all.add(found.next());
            } catch (ServiceConfigurationError | LinkageError e) {
                // A runtime image without java.desktop has no javax.sound: then there are no such devices, which is no error.
                LOG.debug("a provider of devices cannot be used", e);
            }
        }
    }

    /**
     * A stream with a track of the screen (screen-capture §5). Fails with {@code NotFoundError} where there is no display, and with {@code NotReadableError} where it
     * cannot be seen, as under Wayland. Nobody is asked: an application has its user's rights anyway.
     */
    public CompletableFuture<MediaStream> getDisplayMedia() {
        try {
            for (MediaDeviceProvider p : providers()) {
                MediaStreamTrack t = p.openDisplay();
                if (t != null) {
                    return CompletableFuture.completedFuture(new MediaStream(List.of(t)));
                }
            }
        } catch (RTCException e) {
            return CompletableFuture.failedFuture(e);
        } catch (LinkageError e) {
            LOG.debug("no java.desktop", e);
        }
        return CompletableFuture.failedFuture(new RTCException("NotFoundError", "this Java runtime has no java.desktop, which knows of screens"));
    }

    /** Devices that exist everywhere: a tone and a test picture. */
    public static MediaDevices generated() {
        MediaDevices d = new MediaDevices(new ArrayList<>());
        d.devices.add(new Device(new MediaDeviceInfo("tone", "audioinput", "440 Hz tone", "generated"), () -> ToneSource.track(440, "440 Hz tone")));
        d.devices.add(new Device(new MediaDeviceInfo("picture", "videoinput", "Test picture", "generated"),
            () -> new MediaStreamTrack(new TestPictureSource(), "Test picture")));
        return d;
    }

    /** These devices with one more in front, which plays a file over and over; see {@link Clip#read}. */
    public MediaDevices withFile(Path file) throws IOException {
        Clip clip = Clip.read(file);
        String name = file.getFileName().toString();
        MediaDevices d = new MediaDevices(new ArrayList<>());
        d.devices.add(new Device(new MediaDeviceInfo(name, clip.kind() + "input", name, "file"),
            () -> new MediaStreamTrack(new ClipSource(List.of(clip), true), name)));
        d.devices.addAll(devices);
        return d;
    }

    public CompletableFuture<List<MediaDeviceInfo>> enumerateDevices() {
        return CompletableFuture.completedFuture(devices.stream().map(Device::info).toList());
    }

    /**
     * A stream with a track of each kind that is wanted, from the first device that has it. Fails with {@code NotFoundError} where there is none, and with a
     * TypeError where nothing is wanted.
     */
    public CompletableFuture<MediaStream> getUserMedia(MediaStreamConstraints constraints) {
        if (!constraints.audio() && !constraints.video()) {
            return CompletableFuture.failedFuture(new IllegalArgumentException("getUserMedia wants audio, video or both"));
        }
        List<Device> chosen = new ArrayList<>();
        for (String kind : List.of("audio", "video")) {
            if (kind.equals("audio") ? constraints.audio() : constraints.video()) {
                Device d = devices.stream().filter(x -> x.info.kind().equals(kind + "input")).findFirst().orElse(null);
                if (d == null) {
                    return CompletableFuture.failedFuture(new RTCException("NotFoundError",
                        "there is no " + kind + " device: use MediaDevices.generated(), or feed a track from a source of your own"));
                }
                chosen.add(d);
            }
        }
        try {
            return CompletableFuture.completedFuture(new MediaStream(chosen.stream().map(d -> d.open.get()).toList()));
        } catch (RTCException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
