package dev.jvmrtc;

import java.util.List;

/**
 * A STUN or TURN server (webrtc-pc §4.2.2).
 *
 * @param urls such as {@code stun:stun.example.org}; required
 * @param username for TURN, or null
 * @param credential for TURN, or null; never logged
 */
public record RTCIceServer(List<String> urls, String username, String credential) {

    /**
     * Copies the list.
     *
     * @param urls such as {@code stun:stun.example.org}
     * @param username for TURN, or null
     * @param credential for TURN, or null
     */
    public RTCIceServer {
        urls = urls == null ? null : List.copyOf(urls);
    }

    /** {@return a builder with the specification's defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these values} */
    public Builder toBuilder() {
        return new Builder().urls(urls).username(username).credential(credential);
    }

    /**
     * A server without credentials.
     *
     * @param urls such as {@code stun:stun.example.org}
     * @return the server
     */
    public static RTCIceServer of(String... urls) {
        return new RTCIceServer(List.of(urls), null, null);
    }

    @Override
    public String toString() {
        return "RTCIceServer[" + urls + (username == null ? "" : ", " + username) + "]";
    }

    /** Builds a {@link RTCIceServer}; what is not set has the specification's default. */
    public static final class Builder {
        private List<String> urls = List.of();
        private String username;
        private String credential;

        private Builder() {}

        /**
         * Sets under which URLs it is reached, such as {@code stun:stun.example.org}; one or more.
         *
         * @param urls replaces what was set before
         * @return this builder
         */
        public Builder urls(List<String> urls) {
            this.urls = urls;
            return this;
        }

        /**
         * Sets the user name for TURN; null, as by default, for STUN.
         *
         * @param username replaces what was set before
         * @return this builder
         */
        public Builder username(String username) {
            this.username = username;
            return this;
        }

        /**
         * Sets the password for TURN; null, as by default, for STUN. Never logged.
         *
         * @param credential replaces what was set before
         * @return this builder
         */
        public Builder credential(String credential) {
            this.credential = credential;
            return this;
        }

        /** {@return a new {@link RTCIceServer} of what was set} */
        public RTCIceServer build() {
            return new RTCIceServer(urls, username, credential);
        }
    }
}
