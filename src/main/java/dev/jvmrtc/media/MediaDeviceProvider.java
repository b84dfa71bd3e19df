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

    /**
     * {@return the devices that there are now} Empty where there are none, also where a library for them is missing.
     */
    List<MediaDeviceInfo> devices();

    /**
     * How a device is where nothing is asked of it.
     *
     * @param device one of this provider's
     * @return its settings, as far as they are known
     */
    default MediaTrackSettings settings(MediaDeviceInfo device) {
        return MediaTrackSettings.NONE;
    }

    /**
     * What a device may be made to be.
     *
     * @param device one of this provider's
     * @return ranges; {@link MediaTrackCapabilities#NONE} by default
     */
    default MediaTrackCapabilities capabilities(MediaDeviceInfo device) {
        return MediaTrackCapabilities.NONE;
    }

    /**
     * Opens a device.
     *
     * @param device one of this provider's
     * @param settings within its {@link #capabilities}
     * @return a source of its media, which is told by {@link MediaSource#stopped()} when to close it
     * @throws dev.jvmrtc.dom.RTCException {@code NotReadableError} where it cannot be opened, {@code NotFoundError}
     *     where it has gone
     */
    MediaSource open(MediaDeviceInfo device, MediaTrackSettings settings);

    /**
     * {@return devices that it makes up and {@link #devices} does not list, for tests and demonstrations} By default
     * none.
     */
    default List<MediaDeviceInfo> generated() {
        return List.of();
    }

    /**
     * A provider whose devices play a file over and over.
     *
     * @param file of any name
     * @return null, as by default, where this one plays no such files
     * @throws IOException where it plays such files, but cannot play this one
     */
    default MediaDeviceProvider forFile(Path file) throws IOException {
        return null;
    }

    /**
     * The screen, as a device that {@link #devices} does not list.
     *
     * @return null, as by default, where this provider knows of none
     * @throws dev.jvmrtc.dom.RTCException as {@link #open} does
     */
    default MediaDeviceInfo display() {
        return null;
    }
}
