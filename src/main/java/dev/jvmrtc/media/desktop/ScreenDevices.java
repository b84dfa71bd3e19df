package dev.jvmrtc.media.desktop;

import dev.jvmrtc.media.MediaDeviceInfo;
import dev.jvmrtc.media.MediaDeviceProvider;
import dev.jvmrtc.media.MediaStreamTrack;
import java.util.List;

/** The screen, through {@link java.awt.Robot}. */
public final class ScreenDevices implements MediaDeviceProvider {
    /** Text is readable at this rate, and a processor has time for other things. */
    private static final double FRAMES_PER_SECOND = 10;

    @Override
    public List<MediaDeviceInfo> devices() {
        return List.of();
    }

    @Override
    public MediaStreamTrack open(MediaDeviceInfo device) {
        throw new IllegalArgumentException("no device of this provider: " + device);
    }

    @Override
    public MediaStreamTrack openDisplay() {
        return ScreenSource.open(FRAMES_PER_SECOND);
    }
}
