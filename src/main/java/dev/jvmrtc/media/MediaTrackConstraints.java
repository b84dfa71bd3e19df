package dev.jvmrtc.media;

import dev.jvmrtc.media.frame.MediaDeviceInfo;
import java.util.List;

/**
 * What is asked of a track (mediacapture-streams §5.3); null for each property that nothing is asked of. What does not
 * concern the kind of the track is ignored.
 *
 * @param width of a picture, in pixels
 * @param height of a picture, in pixels
 * @param aspectRatio width divided by height
 * @param frameRate in pictures per second
 * @param facingMode where a camera looks: {@code user}, {@code environment}, {@code left}, {@code right}
 * @param resizeMode {@code none}, or {@code crop-and-scale} where pictures are made smaller than the device gives them
 * @param sampleRate of sound, in Hz
 * @param sampleSize of sound, in bits
 * @param echoCancellation whether what the loudspeaker plays is taken out of the sound
 * @param autoGainControl whether the loudness is evened out
 * @param noiseSuppression whether noise is taken out
 * @param latency from the device to the track, in seconds
 * @param channelCount of sound
 * @param deviceId see {@link MediaDeviceInfo}
 * @param groupId see {@link MediaDeviceInfo}
 * @param advanced more, in the order of their weight: each is met as a whole where it can be, else left out
 */
public record MediaTrackConstraints(
        ConstrainULong width,
        ConstrainULong height,
        ConstrainDouble aspectRatio,
        ConstrainDouble frameRate,
        ConstrainDOMString facingMode,
        ConstrainDOMString resizeMode,
        ConstrainULong sampleRate,
        ConstrainULong sampleSize,
        ConstrainBoolean echoCancellation,
        ConstrainBoolean autoGainControl,
        ConstrainBoolean noiseSuppression,
        ConstrainDouble latency,
        ConstrainULong channelCount,
        ConstrainDOMString deviceId,
        ConstrainDOMString groupId,
        List<MediaTrackConstraints> advanced) {
    /** Asks for nothing. */
    public static final MediaTrackConstraints NONE = builder().build();

    public MediaTrackConstraints {
        advanced = List.copyOf(advanced);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these values. */
    public Builder toBuilder() {
        return new Builder()
                .width(width)
                .height(height)
                .aspectRatio(aspectRatio)
                .frameRate(frameRate)
                .facingMode(facingMode)
                .resizeMode(resizeMode)
                .sampleRate(sampleRate)
                .sampleSize(sampleSize)
                .echoCancellation(echoCancellation)
                .autoGainControl(autoGainControl)
                .noiseSuppression(noiseSuppression)
                .latency(latency)
                .channelCount(channelCount)
                .deviceId(deviceId)
                .groupId(groupId)
                .advanced(advanced);
    }

    /** Builds {@link MediaTrackConstraints}. */
    public static final class Builder {
        private ConstrainULong width;
        private ConstrainULong height;
        private ConstrainDouble aspectRatio;
        private ConstrainDouble frameRate;
        private ConstrainDOMString facingMode;
        private ConstrainDOMString resizeMode;
        private ConstrainULong sampleRate;
        private ConstrainULong sampleSize;
        private ConstrainBoolean echoCancellation;
        private ConstrainBoolean autoGainControl;
        private ConstrainBoolean noiseSuppression;
        private ConstrainDouble latency;
        private ConstrainULong channelCount;
        private ConstrainDOMString deviceId;
        private ConstrainDOMString groupId;
        private List<MediaTrackConstraints> advanced = List.of();

        private Builder() {}

        public Builder width(ConstrainULong value) {
            width = value;
            return this;
        }

        public Builder height(ConstrainULong value) {
            height = value;
            return this;
        }

        public Builder aspectRatio(ConstrainDouble value) {
            aspectRatio = value;
            return this;
        }

        public Builder frameRate(ConstrainDouble value) {
            frameRate = value;
            return this;
        }

        public Builder facingMode(ConstrainDOMString value) {
            facingMode = value;
            return this;
        }

        public Builder resizeMode(ConstrainDOMString value) {
            resizeMode = value;
            return this;
        }

        public Builder sampleRate(ConstrainULong value) {
            sampleRate = value;
            return this;
        }

        public Builder sampleSize(ConstrainULong value) {
            sampleSize = value;
            return this;
        }

        public Builder echoCancellation(ConstrainBoolean value) {
            echoCancellation = value;
            return this;
        }

        public Builder autoGainControl(ConstrainBoolean value) {
            autoGainControl = value;
            return this;
        }

        public Builder noiseSuppression(ConstrainBoolean value) {
            noiseSuppression = value;
            return this;
        }

        public Builder latency(ConstrainDouble value) {
            latency = value;
            return this;
        }

        public Builder channelCount(ConstrainULong value) {
            channelCount = value;
            return this;
        }

        public Builder deviceId(ConstrainDOMString value) {
            deviceId = value;
            return this;
        }

        public Builder groupId(ConstrainDOMString value) {
            groupId = value;
            return this;
        }

        public Builder advanced(List<MediaTrackConstraints> value) {
            advanced = value;
            return this;
        }

        public MediaTrackConstraints build() {
            return new MediaTrackConstraints(
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
                    deviceId,
                    groupId,
                    advanced);
        }
    }
}
