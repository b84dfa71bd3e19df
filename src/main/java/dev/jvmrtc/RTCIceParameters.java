package dev.jvmrtc;

/**
 * ICE credentials of one side (webrtc-pc §5.6.1).
 *
 * @param usernameFragment ice-ufrag
 * @param password ice-pwd
 */
public record RTCIceParameters(String usernameFragment, String password) {

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these values. */
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

        public Builder usernameFragment(String usernameFragment) {
            this.usernameFragment = usernameFragment;
            return this;
        }

        public Builder password(String password) {
            this.password = password;
            return this;
        }

        public RTCIceParameters build() {
            return new RTCIceParameters(usernameFragment, password);
        }
    }
}
