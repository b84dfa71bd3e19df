package dev.jvmrtc;

/**
 * RTCP settings (webrtc-pc §5.2.7).
 *
 * @param cname canonical name of our sources
 * @param reducedSize whether reduced-size RTCP is in use
 */
public record RTCRtcpParameters(String cname, Boolean reducedSize) {

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these values. */
    public Builder toBuilder() {
        return new Builder().cname(cname).reducedSize(reducedSize);
    }

    /** Builds a {@link RTCRtcpParameters}; what is not set has the specification's default. */
    public static final class Builder {
        private String cname;
        private Boolean reducedSize;

        private Builder() {}

        public Builder cname(String cname) {
            this.cname = cname;
            return this;
        }

        public Builder reducedSize(Boolean reducedSize) {
            this.reducedSize = reducedSize;
            return this;
        }

        public RTCRtcpParameters build() {
            return new RTCRtcpParameters(cname, reducedSize);
        }
    }
}
