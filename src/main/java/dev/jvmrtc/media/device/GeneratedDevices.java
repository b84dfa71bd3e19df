package dev.jvmrtc.media.device;

import dev.jvmrtc.media.MediaDeviceProvider;
import dev.jvmrtc.media.MediaTrackCapabilities;
import dev.jvmrtc.media.frame.MediaDeviceInfo;
import dev.jvmrtc.media.frame.MediaSource;
import dev.jvmrtc.media.frame.MediaTrackSettings;
import java.util.List;

/** Devices that exist everywhere: a tone and a test pattern. */
public final class GeneratedDevices implements MediaDeviceProvider {
    private static final MediaDeviceInfo TONE = new MediaDeviceInfo("tone", "audioinput", "440 Hz tone", "generated");
    private static final MediaDeviceInfo PATTERN =
            new MediaDeviceInfo("pattern", "videoinput", "Test pattern", "generated");

    /** For the service loader. */
    public GeneratedDevices() {}

    @Override
    public List<MediaDeviceInfo> devices() {
        return List.of();
    }

    @Override
    public List<MediaDeviceInfo> generated() {
        return List.of(TONE, PATTERN);
    }

    @Override
    public MediaTrackSettings settings(MediaDeviceInfo device) {
        return device.equals(TONE) ? ToneSource.SETTINGS : TestPatternSource.SETTINGS;
    }

    @Override
    public MediaTrackCapabilities capabilities(MediaDeviceInfo device) {
        return device.equals(TONE) ? ToneSource.CAPABILITIES : TestPatternSource.CAPABILITIES;
    }

    @Override
    public MediaSource open(MediaDeviceInfo device, MediaTrackSettings settings) {
        return device.equals(TONE) ? ToneSource.of(440) : new TestPatternSource(settings);
    }
}
