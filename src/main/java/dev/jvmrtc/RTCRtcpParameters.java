package dev.jvmrtc;

/**
 * RTCP settings (webrtc-pc §5.2.7).
 *
 * @param cname canonical name of our sources
 * @param reducedSize whether reduced-size RTCP is in use
 */
public record RTCRtcpParameters(String cname, Boolean reducedSize) {

    /** {@return a builder with the specification's defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these values} */
    public Builder toBuilder() {
        return new Builder().cname(cname).reducedSize(reducedSize);
    }

    /** Builds a {@link RTCRtcpParameters}; what is not set has the specification's default. */
    public static final class Builder {
        private String cname;
        private Boolean reducedSize;

        private Builder() {}

        /**
         * Sets the canonical name of our sources (RFC 3550 §6.5.1).
         *
         * @param cname replaces what was set before
         * @return this builder
         */
        public Builder cname(String cname) {
            this.cname = cname;
            return this;
        }

        /**
         * Sets whether reduced-size RTCP is in use (RFC 5506).
         *
         * @param reducedSize replaces what was set before
         * @return this builder
         */
        public Builder reducedSize(Boolean reducedSize) {
            this.reducedSize = reducedSize;
            return this;
        }

        /** {@return a new {@link RTCRtcpParameters} of what was set} */
        public RTCRtcpParameters build() {
            return new RTCRtcpParameters(cname, reducedSize);
        }
    }
}
