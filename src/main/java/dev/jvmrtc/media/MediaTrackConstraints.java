package dev.jvmrtc.media;

import dev.jvmrtc.media.frame.MediaDeviceInfo;
import java.util.List;

/**
 * What is asked of a track (mediacapture-streams §5.3); null for each property that nothing is asked of. What does not
 * concern the kind of the track is ignored.
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

    /**
     * Copies the list.
     *
     * @param width of a frame, in pixels
     * @param height of a frame, in pixels
     * @param aspectRatio width divided by height
     * @param frameRate in frames per second
     * @param facingMode where a camera looks: {@code user}, {@code environment}, {@code left}, {@code right}
     * @param resizeMode {@code none}, or {@code crop-and-scale} where frames are made smaller than the device gives
     *     them
     * @param sampleRate of audio, in Hz
     * @param sampleSize of audio, in bits
     * @param echoCancellation whether what the loudspeaker plays is taken out of the audio
     * @param autoGainControl whether the loudness is evened out
     * @param noiseSuppression whether noise is taken out
     * @param latency from the device to the track, in seconds
     * @param channelCount of audio
     * @param deviceId see {@link MediaDeviceInfo}
     * @param groupId see {@link MediaDeviceInfo}
     * @param advanced more, in the order of their weight: each is met as a whole where it can be, else left out
     */
    public MediaTrackConstraints {
        advanced = List.copyOf(advanced);
    }

    /** {@return a builder with which nothing is asked yet} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these values} */
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

        /**
         * The width of a frame, in pixels.
         *
         * @param value what is asked; null for nothing
         * @return this builder
         */
        public Builder width(ConstrainULong value) {
            width = value;
            return this;
        }

        /**
         * The height of a frame, in pixels.
         *
         * @param value what is asked; null for nothing
         * @return this builder
         */
        public Builder height(ConstrainULong value) {
            height = value;
            return this;
        }

        /**
         * The aspect ratio, width divided by height.
         *
         * @param value what is asked; null for nothing
         * @return this builder
         */
        public Builder aspectRatio(ConstrainDouble value) {
            aspectRatio = value;
            return this;
        }

        /**
         * The frame rate in frames per second.
         *
         * @param value what is asked; null for nothing
         * @return this builder
         */
        public Builder frameRate(ConstrainDouble value) {
            frameRate = value;
            return this;
        }

        /**
         * Where a camera looks: {@code user}, {@code environment}, {@code left}, {@code right}.
         *
         * @param value what is asked; null for nothing
         * @return this builder
         */
        public Builder facingMode(ConstrainDOMString value) {
            facingMode = value;
            return this;
        }

        /**
         * {@code none}, or {@code crop-and-scale} where frames are made smaller than the device gives them.
         *
         * @param value what is asked; null for nothing
         * @return this builder
         */
        public Builder resizeMode(ConstrainDOMString value) {
            resizeMode = value;
            return this;
        }

        /**
         * The sampling rate of audio, in Hz.
         *
         * @param value what is asked; null for nothing
         * @return this builder
         */
        public Builder sampleRate(ConstrainULong value) {
            sampleRate = value;
            return this;
        }

        /**
         * The size of samples of audio, in bits.
         *
         * @param value what is asked; null for nothing
         * @return this builder
         */
        public Builder sampleSize(ConstrainULong value) {
            sampleSize = value;
            return this;
        }

        /**
         * Whether what the loudspeaker plays is taken out of the audio.
         *
         * @param value what is asked; null for nothing
         * @return this builder
         */
        public Builder echoCancellation(ConstrainBoolean value) {
            echoCancellation = value;
            return this;
        }

        /**
         * Whether the loudness is evened out.
         *
         * @param value what is asked; null for nothing
         * @return this builder
         */
        public Builder autoGainControl(ConstrainBoolean value) {
            autoGainControl = value;
            return this;
        }

        /**
         * Whether noise is taken out.
         *
         * @param value what is asked; null for nothing
         * @return this builder
         */
        public Builder noiseSuppression(ConstrainBoolean value) {
            noiseSuppression = value;
            return this;
        }

        /**
         * The latency from the device to the track, in seconds.
         *
         * @param value what is asked; null for nothing
         * @return this builder
         */
        public Builder latency(ConstrainDouble value) {
            latency = value;
            return this;
        }

        /**
         * The number of channels of audio.
         *
         * @param value what is asked; null for nothing
         * @return this builder
         */
        public Builder channelCount(ConstrainULong value) {
            channelCount = value;
            return this;
        }

        /**
         * The id of the device, see {@link MediaDeviceInfo}.
         *
         * @param value what is asked; null for nothing
         * @return this builder
         */
        public Builder deviceId(ConstrainDOMString value) {
            deviceId = value;
            return this;
        }

        /**
         * The id of the group of devices, see {@link MediaDeviceInfo}.
         *
         * @param value what is asked; null for nothing
         * @return this builder
         */
        public Builder groupId(ConstrainDOMString value) {
            groupId = value;
            return this;
        }

        /**
         * More, in the order of their weight: each is met as a whole where it can be, else left out.
         *
         * @param value what is asked beside the rest; may be empty
         * @return this builder
         */
        public Builder advanced(List<MediaTrackConstraints> value) {
            advanced = value;
            return this;
        }

        /** {@return the constraints} */
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
