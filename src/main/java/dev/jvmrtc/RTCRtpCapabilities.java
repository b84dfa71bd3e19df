package dev.jvmrtc;

import java.util.List;

/**
 * What can be sent or received of a kind (webrtc-pc §5.2.10).
 *
 * @param codecs in our order of preference
 * @param headerExtensions header extensions
 */
public record RTCRtpCapabilities(List<RTCRtpCodec> codecs, List<RTCRtpHeaderExtensionCapability> headerExtensions) {

    public RTCRtpCapabilities {
        codecs = codecs == null ? null : List.copyOf(codecs);
        headerExtensions = headerExtensions == null ? null : List.copyOf(headerExtensions);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these values. */
    public Builder toBuilder() {
        return new Builder().codecs(codecs).headerExtensions(headerExtensions);
    }

    /** Builds a {@link RTCRtpCapabilities}; what is not set has the specification's default. */
    public static final class Builder {
        private List<RTCRtpCodec> codecs = List.of();
        private List<RTCRtpHeaderExtensionCapability> headerExtensions = List.of();

        private Builder() {}

        public Builder codecs(List<RTCRtpCodec> codecs) {
            this.codecs = codecs;
            return this;
        }

        public Builder headerExtensions(List<RTCRtpHeaderExtensionCapability> headerExtensions) {
            this.headerExtensions = headerExtensions;
            return this;
        }

        public RTCRtpCapabilities build() {
            return new RTCRtpCapabilities(codecs, headerExtensions);
        }
    }
}
