package dev.jvmrtc.media.frame;

/**
 * How a track is at present (mediacapture-streams §5.4); null for what does not concern its kind, or is not known.
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
public record MediaTrackSettings(
        Long width,
        Long height,
        Double aspectRatio,
        Double frameRate,
        String facingMode,
        String resizeMode,
        Long sampleRate,
        Long sampleSize,
        Boolean echoCancellation,
        Boolean autoGainControl,
        Boolean noiseSuppression,
        Double latency,
        Long channelCount,
        String deviceId,
        String groupId) {
    /** Nothing is known. */
    public static final MediaTrackSettings NONE = new MediaTrackSettings(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    /**
     * Those of video.
     *
     * @param width in pixels
     * @param height in pixels
     * @param frameRate frames a second; null where it is not known
     * @return settings with the aspect ratio that follows
     */
    public static MediaTrackSettings ofVideo(long width, long height, Double frameRate) {
        return new MediaTrackSettings(
                width,
                height,
                (double) width / height,
                frameRate,
                null,
                "none",
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
     * Those of audio with 16 bits a sample.
     *
     * @param sampleRate in Hz
     * @param channelCount 1 or 2
     * @return settings with that sample size
     */
    public static MediaTrackSettings ofAudio(long sampleRate, long channelCount) {
        return new MediaTrackSettings(
                null,
                null,
                null,
                null,
                null,
                null,
                sampleRate,
                16L,
                false,
                false,
                false,
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
    public MediaTrackSettings of(MediaDeviceInfo device) {
        return new MediaTrackSettings(
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
