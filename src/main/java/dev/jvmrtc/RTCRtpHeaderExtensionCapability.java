package dev.jvmrtc;

/**
 * A header extension that is supported (webrtc-pc §5.2.11).
 *
 * @param uri its name
 */
public record RTCRtpHeaderExtensionCapability(String uri) {

    /** {@return a builder with the specification's defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these values} */
    public Builder toBuilder() {
        return new Builder().uri(uri);
    }

    /** Builds a {@link RTCRtpHeaderExtensionCapability}; what is not set has the specification's default. */
    public static final class Builder {
        private String uri;

        private Builder() {}

        /**
         * Names the extension by its URI.
         *
         * @param uri replaces what was set before
         * @return this builder
         */
        public Builder uri(String uri) {
            this.uri = uri;
            return this;
        }

        /** {@return a new {@link RTCRtpHeaderExtensionCapability} of what was set} */
        public RTCRtpHeaderExtensionCapability build() {
            return new RTCRtpHeaderExtensionCapability(uri);
        }
    }
}
