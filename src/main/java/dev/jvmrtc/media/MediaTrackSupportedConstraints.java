package dev.jvmrtc.media;

import dev.jvmrtc.media.frame.MediaDeviceInfo;

/**
 * Which properties of {@link MediaTrackConstraints} can be had at all (mediacapture-streams §9.2). What is false here
 * can be had of no device: where it is asked for with {@code exact}, the request fails all the same.
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
public record MediaTrackSupportedConstraints(
        boolean width,
        boolean height,
        boolean aspectRatio,
        boolean frameRate,
        boolean facingMode,
        boolean resizeMode,
        boolean sampleRate,
        boolean sampleSize,
        boolean echoCancellation,
        boolean autoGainControl,
        boolean noiseSuppression,
        boolean latency,
        boolean channelCount,
        boolean deviceId,
        boolean groupId) {
    static final MediaTrackSupportedConstraints OURS = new MediaTrackSupportedConstraints(
            true, true, true, true, false, true, true, true, false, false, false, false, true, true, true);
}
