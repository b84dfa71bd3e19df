package dev.jvmrtc;

/**
 * A description as it travels (webrtc-pc §4.6.2).
 *
 * @param type required
 * @param sdp empty for a rollback
 */
public record RTCSessionDescriptionInit(RTCSdpType type, String sdp) {

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these values. */
    public Builder toBuilder() {
        return new Builder()
            .type(type)
            .sdp(sdp);
    }

    /** Builds a {@link RTCSessionDescriptionInit}; what is not set has the specification's default. */
    public static final class Builder {
        private RTCSdpType type;
        private String sdp = "";

        private Builder() {
        }

        public Builder type(RTCSdpType type) {
            this.type = type;
            return this;
        }

        public Builder sdp(String sdp) {
            this.sdp = sdp;
            return this;
        }

        public RTCSessionDescriptionInit build() {
            return new RTCSessionDescriptionInit(type, sdp);
        }
    }
}
