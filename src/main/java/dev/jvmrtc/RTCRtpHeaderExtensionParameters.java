package dev.jvmrtc;

/**
 * A header extension in use (webrtc-pc §5.2.8).
 *
 * @param uri its name
 * @param id 1 … 255
 * @param encrypted always false here
 */
public record RTCRtpHeaderExtensionParameters(String uri, int id, boolean encrypted) {

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these values. */
    public Builder toBuilder() {
        return new Builder().uri(uri).id(id).encrypted(encrypted);
    }

    /** Builds a {@link RTCRtpHeaderExtensionParameters}; what is not set has the specification's default. */
    public static final class Builder {
        private String uri;
        private int id = 0;
        private boolean encrypted = false;

        private Builder() {}

        public Builder uri(String uri) {
            this.uri = uri;
            return this;
        }

        public Builder id(int id) {
            this.id = id;
            return this;
        }

        public Builder encrypted(boolean encrypted) {
            this.encrypted = encrypted;
            return this;
        }

        public RTCRtpHeaderExtensionParameters build() {
            return new RTCRtpHeaderExtensionParameters(uri, id, encrypted);
        }
    }
}
