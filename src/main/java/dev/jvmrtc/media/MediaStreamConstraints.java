package dev.jvmrtc.media;

/**
 * What getUserMedia shall bring (mediacapture-streams §10.2). Devices have no further constraints yet.
 *
 * @param audio whether a track of sound is wanted
 * @param video whether a track of pictures is wanted
 */
public record MediaStreamConstraints(boolean audio, boolean video) {

    public static Builder builder() {
        return new Builder();
    }

    /** Builds {@link MediaStreamConstraints}; neither is wanted unless set. */
    public static final class Builder {
        private boolean audio;
        private boolean video;

        private Builder() {
        }

        public Builder audio(boolean value) {
            audio = value;
            return this;
        }

        public Builder video(boolean value) {
            video = value;
            return this;
        }

        public MediaStreamConstraints build() {
            return new MediaStreamConstraints(audio, video);
        }
    }
}
