package dev.jvmrtc;

/**
 * ICE credentials of one side (webrtc-pc §5.6.1).
 *
 * @param usernameFragment ice-ufrag
 * @param password ice-pwd
 */
public record RTCIceParameters(String usernameFragment, String password) {

    /** {@return a builder with the specification's defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these values} */
    public Builder toBuilder() {
        return new Builder().usernameFragment(usernameFragment).password(password);
    }

    @Override
    public String toString() {
        return "RTCIceParameters[" + usernameFragment + "]";
    }

    /** Builds a {@link RTCIceParameters}; what is not set has the specification's default. */
    public static final class Builder {
        private String usernameFragment;
        private String password;

        private Builder() {}

        /**
         * Sets the ice-ufrag (RFC 8839 §5.4).
         *
         * @param usernameFragment replaces what was set before
         * @return this builder
         */
        public Builder usernameFragment(String usernameFragment) {
            this.usernameFragment = usernameFragment;
            return this;
        }

        /**
         * Sets the ice-pwd (RFC 8839 §5.4).
         *
         * @param password replaces what was set before
         * @return this builder
         */
        public Builder password(String password) {
            this.password = password;
            return this;
        }

        /** {@return a new {@link RTCIceParameters} of what was set} */
        public RTCIceParameters build() {
            return new RTCIceParameters(usernameFragment, password);
        }
    }
}
