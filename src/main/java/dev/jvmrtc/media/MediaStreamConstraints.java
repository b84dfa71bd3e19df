package dev.jvmrtc.media;

/**
 * What getUserMedia shall bring (mediacapture-streams §10.2).
 *
 * @param audio what is asked of a track of sound; null where none is wanted
 * @param video what is asked of a track of pictures; null where none is wanted
 */
public record MediaStreamConstraints(MediaTrackConstraints audio, MediaTrackConstraints video) {

    /** Tracks of which nothing more is asked. */
    public MediaStreamConstraints(boolean audio, boolean video) {
        this(audio ? MediaTrackConstraints.NONE : null, video ? MediaTrackConstraints.NONE : null);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Builds {@link MediaStreamConstraints}; neither is wanted unless set. */
    public static final class Builder {
        private MediaTrackConstraints audio;
        private MediaTrackConstraints video;

        private Builder() {}

        public Builder audio(boolean value) {
            return audio(value ? MediaTrackConstraints.NONE : null);
        }

        public Builder audio(MediaTrackConstraints value) {
            audio = value;
            return this;
        }

        public Builder video(boolean value) {
            return video(value ? MediaTrackConstraints.NONE : null);
        }

        public Builder video(MediaTrackConstraints value) {
            video = value;
            return this;
        }

        public MediaStreamConstraints build() {
            return new MediaStreamConstraints(audio, video);
        }
    }
}
