package dev.jvmrtc.media;

import java.util.List;

/** Finds devices and opens them; found by {@link java.util.ServiceLoader}, so that others can add devices. Nothing is to be opened before {@link #open}. */
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
     * A source of a device's media. Throws {@link dev.jvmrtc.dom.RTCException} {@code NotReadableError} where it cannot be opened.
     *
     * @param settings within its {@link #capabilities}
     */
    MediaSource open(MediaDeviceInfo device, MediaTrackSettings settings);

    /** The screen, as a device that {@link #devices} does not list; null where this provider knows of none. Throws as {@link #open} does. */
    default MediaDeviceInfo display() {
        return null;
    }
}
