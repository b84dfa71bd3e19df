package dev.jvmrtc;

/**
 * A certificate fingerprint (webrtc-pc §5.5.1).
 *
 * @param algorithm such as {@code sha-256}
 * @param value lower-case hex bytes with colons
 */
public record RTCDtlsFingerprint(String algorithm, String value) {

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these values. */
    public Builder toBuilder() {
        return new Builder().algorithm(algorithm).value(value);
    }

    /** Builds a {@link RTCDtlsFingerprint}; what is not set has the specification's default. */
    public static final class Builder {
        private String algorithm;
        private String value;

        private Builder() {}

        public Builder algorithm(String algorithm) {
            this.algorithm = algorithm;
            return this;
        }

        public Builder value(String value) {
            this.value = value;
            return this;
        }

        public RTCDtlsFingerprint build() {
            return new RTCDtlsFingerprint(algorithm, value);
        }
    }
}
