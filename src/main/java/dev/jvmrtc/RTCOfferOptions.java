package dev.jvmrtc;

/**
 * Options of createOffer (webrtc-pc §4.2.6, §4.4.3.2).
 *
 * @param iceRestart whether the offer restarts ICE; default false
 * @param offerToReceiveAudio legacy: true makes sure of a receiving audio transceiver, false stops receiving; null
 *     leaves all as it is
 * @param offerToReceiveVideo the same for video
 */
public record RTCOfferOptions(boolean iceRestart, Boolean offerToReceiveAudio, Boolean offerToReceiveVideo) {

    /** {@return a builder with the specification's defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these values} */
    public Builder toBuilder() {
        return new Builder()
                .iceRestart(iceRestart)
                .offerToReceiveAudio(offerToReceiveAudio)
                .offerToReceiveVideo(offerToReceiveVideo);
    }

    /** Builds a {@link RTCOfferOptions}; what is not set has the specification's default. */
    public static final class Builder {
        private boolean iceRestart = false;
        private Boolean offerToReceiveAudio;
        private Boolean offerToReceiveVideo;

        private Builder() {}

        /**
         * Sets whether the offer restarts ICE; default false.
         *
         * @param iceRestart replaces what was set before
         * @return this builder
         */
        public Builder iceRestart(boolean iceRestart) {
            this.iceRestart = iceRestart;
            return this;
        }

        /**
         * Legacy: true makes sure of a receiving audio transceiver, false stops receiving; null leaves all as it is.
         *
         * @param offerToReceiveAudio replaces what was set before
         * @return this builder
         */
        public Builder offerToReceiveAudio(Boolean offerToReceiveAudio) {
            this.offerToReceiveAudio = offerToReceiveAudio;
            return this;
        }

        /**
         * Legacy: as {@link #offerToReceiveAudio}, for video.
         *
         * @param offerToReceiveVideo replaces what was set before
         * @return this builder
         */
        public Builder offerToReceiveVideo(Boolean offerToReceiveVideo) {
            this.offerToReceiveVideo = offerToReceiveVideo;
            return this;
        }

        /** {@return a new {@link RTCOfferOptions} of what was set} */
        public RTCOfferOptions build() {
            return new RTCOfferOptions(iceRestart, offerToReceiveAudio, offerToReceiveVideo);
        }
    }
}
