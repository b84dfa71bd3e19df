package dev.jvmrtc.media.desktop;

import dev.jvmrtc.media.MediaDeviceProvider;
import dev.jvmrtc.media.MediaTrackCapabilities;
import dev.jvmrtc.media.frame.MediaDeviceInfo;
import dev.jvmrtc.media.frame.MediaSource;
import dev.jvmrtc.media.frame.MediaTrackSettings;
import java.util.List;

/** The screen, through {@link java.awt.Robot}. */
public final class ScreenDevices implements MediaDeviceProvider {
    /** Text is readable at this rate, and a processor has time for other things. */
    private static final double FRAMES_PER_SECOND = 10;

    private static final double MAX_FRAMES_PER_SECOND = 30;

    /** For {@link java.util.ServiceLoader}; it looks at no screen yet. */
    public ScreenDevices() {}

    @Override
    public List<MediaDeviceInfo> devices() {
        return List.of();
    }

    @Override
    public MediaDeviceInfo display() {
        return ScreenSource.device();
    }

    @Override
    public MediaTrackSettings settings(MediaDeviceInfo display) {
        return ScreenSource.settings(FRAMES_PER_SECOND);
    }

    @Override
    public MediaTrackCapabilities capabilities(MediaDeviceInfo display) {
        MediaTrackSettings s = ScreenSource.settings(MAX_FRAMES_PER_SECOND);
        return MediaTrackCapabilities.ofVideo(s.width(), s.height(), s.frameRate());
    }

    /** The track crops and scales what is captured, by its constraints. */
    @Override
    public MediaSource open(MediaDeviceInfo display, MediaTrackSettings settings) {
        return ScreenSource.open(settings.frameRate());
    }
}
