package dev.jvmrtc;

/**
 * A certificate fingerprint (webrtc-pc §5.5.1).
 *
 * @param algorithm such as {@code sha-256}
 * @param value lower-case hex bytes with colons
 */
public record RTCDtlsFingerprint(String algorithm, String value) {

    /** {@return a builder with the specification's defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these values} */
    public Builder toBuilder() {
        return new Builder().algorithm(algorithm).value(value);
    }

    /** Builds a {@link RTCDtlsFingerprint}; what is not set has the specification's default. */
    public static final class Builder {
        private String algorithm;
        private String value;

        private Builder() {}

        /**
         * Names the hash, such as {@code sha-256}.
         *
         * @param algorithm replaces what was set before
         * @return this builder
         */
        public Builder algorithm(String algorithm) {
            this.algorithm = algorithm;
            return this;
        }

        /**
         * Sets the fingerprint, lower-case hex bytes with colons.
         *
         * @param value replaces what was set before
         * @return this builder
         */
        public Builder value(String value) {
            this.value = value;
            return this;
        }

        /** {@return a new {@link RTCDtlsFingerprint} of what was set} */
        public RTCDtlsFingerprint build() {
            return new RTCDtlsFingerprint(algorithm, value);
        }
    }
}
