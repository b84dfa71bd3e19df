package dev.jvmrtc.media;

import java.util.List;

/** Finds devices and opens them; found by {@link java.util.ServiceLoader}, so that others can add devices. Nothing is to be opened before {@link #open}. */
public interface MediaDeviceProvider {

    /** The devices that there are now. */
    List<MediaDeviceInfo> devices();

    /** A live track of a device. Throws {@link dev.jvmrtc.RTCException} {@code NotReadableError} where it cannot be opened. */
    MediaStreamTrack open(MediaDeviceInfo device);

    /** A live track of the screen, or null where this provider knows of none. Throws as {@link #open} does. */
    default MediaStreamTrack openDisplay() {
        return null;
    }
}
