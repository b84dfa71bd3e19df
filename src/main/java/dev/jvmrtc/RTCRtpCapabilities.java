package dev.jvmrtc;

import java.util.List;

/**
 * What can be sent or received of a kind (webrtc-pc §5.2.10).
 *
 * @param codecs in our order of preference
 * @param headerExtensions header extensions
 */
public record RTCRtpCapabilities(List<RTCRtpCodec> codecs, List<RTCRtpHeaderExtensionCapability> headerExtensions) {

    /**
     * Copies the lists.
     *
     * @param codecs in order of preference
     * @param headerExtensions in any order
     */
    public RTCRtpCapabilities {
        codecs = codecs == null ? null : List.copyOf(codecs);
        headerExtensions = headerExtensions == null ? null : List.copyOf(headerExtensions);
    }

    /** {@return a builder with the specification's defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these values} */
    public Builder toBuilder() {
        return new Builder().codecs(codecs).headerExtensions(headerExtensions);
    }

    /** Builds a {@link RTCRtpCapabilities}; what is not set has the specification's default. */
    public static final class Builder {
        private List<RTCRtpCodec> codecs = List.of();
        private List<RTCRtpHeaderExtensionCapability> headerExtensions = List.of();

        private Builder() {}

        /**
         * Sets the codecs, in order of preference.
         *
         * @param codecs replaces what was set before
         * @return this builder
         */
        public Builder codecs(List<RTCRtpCodec> codecs) {
            this.codecs = codecs;
            return this;
        }

        /**
         * Sets the header extensions.
         *
         * @param headerExtensions replaces what was set before
         * @return this builder
         */
        public Builder headerExtensions(List<RTCRtpHeaderExtensionCapability> headerExtensions) {
            this.headerExtensions = headerExtensions;
            return this;
        }

        /** {@return a new {@link RTCRtpCapabilities} of what was set} */
        public RTCRtpCapabilities build() {
            return new RTCRtpCapabilities(codecs, headerExtensions);
        }
    }
}
