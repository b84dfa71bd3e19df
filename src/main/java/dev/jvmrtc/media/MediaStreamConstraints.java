package dev.jvmrtc.media;

/**
 * What getUserMedia shall bring (mediacapture-streams §10.2).
 *
 * @param audio what is asked of a audio track; null where none is wanted
 * @param video what is asked of a video track; null where none is wanted
 */
public record MediaStreamConstraints(MediaTrackConstraints audio, MediaTrackConstraints video) {

    /**
     * Tracks of which nothing more is asked.
     *
     * @param audio whether there is to be one of audio
     * @param video whether there is to be one of video
     */
    public MediaStreamConstraints(boolean audio, boolean video) {
        this(audio ? MediaTrackConstraints.NONE : null, video ? MediaTrackConstraints.NONE : null);
    }

    /** {@return a builder with which nothing is wanted yet} */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds {@link MediaStreamConstraints}; neither is wanted unless set. */
    public static final class Builder {
        private MediaTrackConstraints audio;
        private MediaTrackConstraints video;

        private Builder() {}

        /**
         * Whether audio is wanted.
         *
         * @param value true asks nothing more of it
         * @return this builder
         */
        public Builder audio(boolean value) {
            return audio(value ? MediaTrackConstraints.NONE : null);
        }

        /**
         * What is asked of audio.
         *
         * @param value null where none is wanted
         * @return this builder
         */
        public Builder audio(MediaTrackConstraints value) {
            audio = value;
            return this;
        }

        /**
         * Whether video is wanted.
         *
         * @param value true asks nothing more of it
         * @return this builder
         */
        public Builder video(boolean value) {
            return video(value ? MediaTrackConstraints.NONE : null);
        }

        /**
         * What is asked of video.
         *
         * @param value null where none is wanted
         * @return this builder
         */
        public Builder video(MediaTrackConstraints value) {
            video = value;
            return this;
        }

        /** {@return the constraints} */
        public MediaStreamConstraints build() {
            return new MediaStreamConstraints(audio, video);
        }
    }
}
