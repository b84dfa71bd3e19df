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

    public RTCIceServer {
        urls = urls == null ? null : List.copyOf(urls);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these values. */
    public Builder toBuilder() {
        return new Builder().urls(urls).username(username).credential(credential);
    }

    /** A server without credentials. */
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

        public Builder urls(List<String> urls) {
            this.urls = urls;
            return this;
        }

        public Builder username(String username) {
            this.username = username;
            return this;
        }

        public Builder credential(String credential) {
            this.credential = credential;
            return this;
        }

        public RTCIceServer build() {
            return new RTCIceServer(urls, username, credential);
        }
    }
}
