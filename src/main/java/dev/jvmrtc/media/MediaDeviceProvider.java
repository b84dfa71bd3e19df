package dev.jvmrtc.media;

import dev.jvmrtc.media.frame.MediaDeviceInfo;
import dev.jvmrtc.media.frame.MediaSource;
import dev.jvmrtc.media.frame.MediaTrackSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Finds devices and opens them; found by {@link java.util.ServiceLoader}, so that others can add devices. Nothing is to
 * be opened before {@link #open}.
 */
public interface MediaDeviceProvider {

    /** The devices that there are now. */
    List<MediaDeviceInfo> devices();

    /** How a device is where nothing is asked of it. */
    default MediaTrackSettings settings(MediaDeviceInfo device) {
        return MediaTrackSettings.NONE;
    }

    /** What a device may be made to be. */
    default MediaTrackCapabilities capabilities(MediaDeviceInfo device) {
        return MediaTrackCapabilities.NONE;
    }

    /**
     * A source of a device's media. Throws {@link dev.jvmrtc.dom.RTCException} {@code NotReadableError} where it cannot
     * be opened.
     *
     * @param settings within its {@link #capabilities}
     */
    MediaSource open(MediaDeviceInfo device, MediaTrackSettings settings);

    /** Devices that it makes up and {@link #devices} does not list, for tests and demonstrations. */
    default List<MediaDeviceInfo> generated() {
        return List.of();
    }

    /**
     * A provider whose devices play a file over and over; null where this one plays no files. Throws IOException where
     * it plays files, but cannot play this one.
     */
    default MediaDeviceProvider forFile(Path file) throws IOException {
        return null;
    }

    /**
     * The screen, as a device that {@link #devices} does not list; null where this provider knows of none. Throws as
     * {@link #open} does.
     */
    default MediaDeviceInfo display() {
        return null;
    }
}
