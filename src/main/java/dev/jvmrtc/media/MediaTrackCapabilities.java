package dev.jvmrtc.media;

import dev.jvmrtc.media.frame.DoubleRange;
import dev.jvmrtc.media.frame.MediaDeviceInfo;
import dev.jvmrtc.media.frame.ULongRange;
import java.util.List;

/**
 * What a track's settings may be made to be (mediacapture-streams §5.2); null for what does not concern its kind, or is
 * not known.
 *
 * @param width of a frame, in pixels
 * @param height of a frame, in pixels
 * @param aspectRatio width divided by height
 * @param frameRate in frames per second
 * @param facingMode where a camera looks: {@code user}, {@code environment}, {@code left}, {@code right}
 * @param resizeMode {@code none}, or {@code crop-and-scale} where frames are made smaller than the device gives them
 * @param sampleRate of audio, in Hz
 * @param sampleSize of audio, in bits
 * @param echoCancellation whether what the loudspeaker plays is taken out of the audio
 * @param autoGainControl whether the loudness is evened out
 * @param noiseSuppression whether noise is taken out
 * @param latency from the device to the track, in seconds
 * @param channelCount of audio
 * @param deviceId see {@link MediaDeviceInfo}
 * @param groupId see {@link MediaDeviceInfo}
 */
public record MediaTrackCapabilities(
        ULongRange width,
        ULongRange height,
        DoubleRange aspectRatio,
        DoubleRange frameRate,
        List<String> facingMode,
        List<String> resizeMode,
        ULongRange sampleRate,
        ULongRange sampleSize,
        List<Boolean> echoCancellation,
        List<Boolean> autoGainControl,
        List<Boolean> noiseSuppression,
        DoubleRange latency,
        ULongRange channelCount,
        String deviceId,
        String groupId) {
    /** Nothing is known. */
    public static final MediaTrackCapabilities NONE = new MediaTrackCapabilities(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    /**
     * Those of video that can be made smaller and slower.
     *
     * @param width the most, in pixels
     * @param height the most, in pixels
     * @param frameRate the most, in frames a second
     * @return ranges up to these
     */
    public static MediaTrackCapabilities ofVideo(long width, long height, double frameRate) {
        return new MediaTrackCapabilities(
                new ULongRange(1L, width),
                new ULongRange(1L, height),
                new DoubleRange(1.0 / height, (double) width),
                new DoubleRange(0.1, frameRate),
                List.of(),
                List.of("none", "crop-and-scale"),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /**
     * Those of audio with 16 bits a sample, which nothing is taken out of.
     *
     * @param sampleRate in Hz
     * @param channelCount 1 to 2 at the most
     * @return these ranges
     */
    public static MediaTrackCapabilities ofAudio(ULongRange sampleRate, ULongRange channelCount) {
        List<Boolean> never = List.of(false);
        return new MediaTrackCapabilities(
                null,
                null,
                null,
                null,
                null,
                null,
                sampleRate,
                new ULongRange(16L, 16L),
                never,
                never,
                never,
                null,
                channelCount,
                null,
                null);
    }

    /**
     * The same, of a device.
     *
     * @param device where the media comes from
     * @return a copy with the ids of the device and its group
     */
    public MediaTrackCapabilities of(MediaDeviceInfo device) {
        return new MediaTrackCapabilities(
                width,
                height,
                aspectRatio,
                frameRate,
                facingMode,
                resizeMode,
                sampleRate,
                sampleSize,
                echoCancellation,
                autoGainControl,
                noiseSuppression,
                latency,
                channelCount,
                device.deviceId(),
                device.groupId());
    }
}
