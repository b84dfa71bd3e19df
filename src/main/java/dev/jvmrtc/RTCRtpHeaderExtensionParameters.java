package dev.jvmrtc;

/**
 * A header extension in use (webrtc-pc §5.2.8).
 *
 * @param uri its name
 * @param id 1 … 255
 * @param encrypted always false here
 */
public record RTCRtpHeaderExtensionParameters(String uri, int id, boolean encrypted) {

    /** {@return a builder with the specification's defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these values} */
    public Builder toBuilder() {
        return new Builder().uri(uri).id(id).encrypted(encrypted);
    }

    /** Builds a {@link RTCRtpHeaderExtensionParameters}; what is not set has the specification's default. */
    public static final class Builder {
        private String uri;
        private int id = 0;
        private boolean encrypted = false;

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

        /**
         * Sets the id by which packets name it, 1 … 255.
         *
         * @param id replaces what was set before
         * @return this builder
         */
        public Builder id(int id) {
            this.id = id;
            return this;
        }

        /**
         * Sets whether its values are encrypted: always false here.
         *
         * @param encrypted replaces what was set before
         * @return this builder
         */
        public Builder encrypted(boolean encrypted) {
            this.encrypted = encrypted;
            return this;
        }

        /** {@return a new {@link RTCRtpHeaderExtensionParameters} of what was set} */
        public RTCRtpHeaderExtensionParameters build() {
            return new RTCRtpHeaderExtensionParameters(uri, id, encrypted);
        }
    }
}
