package dev.jvmrtc;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCTypeError;

/**
 * A candidate as it travels (webrtc-pc §4.8.1).
 *
 * @param candidate the candidate line, empty for the end of candidates
 * @param sdpMid mid of its media section, or null
 * @param sdpMLineIndex index of its media section, or null
 * @param usernameFragment ice-ufrag of its generation, or null
 */
public record RTCIceCandidateInit(String candidate, String sdpMid, Integer sdpMLineIndex, String usernameFragment) {

    /** {@return what {@code JSON.stringify(candidate)} gives in a browser} */
    public String toJsonString() {
        return SignallingJson.write(this);
    }

    /**
     * Reads what {@link #toJsonString()} or {@code JSON.stringify(candidate)} has written. Members of other names are
     * ignored, as WebIDL ignores them.
     *
     * @param json the text of an object, or {@code null}
     * @return null for {@code null}, which is how a page writes that there will be no more candidates, and which
     *     {@code addIceCandidate} takes as that
     * @throws RTCException {@code SyntaxError} where it is no JSON object, has one of these members twice or is longer
     *     than 64 KiB
     * @throws RTCTypeError where its members are of other types
     */
    public static RTCIceCandidateInit ofJson(String json) {
        return SignallingJson.candidate(json);
    }

    /** {@return a builder with the specification's defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these values} */
    public Builder toBuilder() {
        return new Builder()
                .candidate(candidate)
                .sdpMid(sdpMid)
                .sdpMLineIndex(sdpMLineIndex)
                .usernameFragment(usernameFragment);
    }

    /** Builds a {@link RTCIceCandidateInit}; what is not set has the specification's default. */
    public static final class Builder {
        private String candidate = "";
        private String sdpMid;
        private Integer sdpMLineIndex;
        private String usernameFragment;

        private Builder() {}

        /**
         * Sets the candidate line; empty, as by default, for the end of candidates.
         *
         * @param candidate replaces what was set before
         * @return this builder
         */
        public Builder candidate(String candidate) {
            this.candidate = candidate;
            return this;
        }

        /**
         * Names the mid of its media section; null, as by default, where only the index is known.
         *
         * @param sdpMid replaces what was set before
         * @return this builder
         */
        public Builder sdpMid(String sdpMid) {
            this.sdpMid = sdpMid;
            return this;
        }

        /**
         * Sets the index of its media section, from 0; null, as by default, where only the mid is known.
         *
         * @param sdpMLineIndex replaces what was set before
         * @return this builder
         */
        public Builder sdpMLineIndex(Integer sdpMLineIndex) {
            this.sdpMLineIndex = sdpMLineIndex;
            return this;
        }

        /**
         * Sets the ice-ufrag of its generation; null, as by default, for the generation in force.
         *
         * @param usernameFragment replaces what was set before
         * @return this builder
         */
        public Builder usernameFragment(String usernameFragment) {
            this.usernameFragment = usernameFragment;
            return this;
        }

        /** {@return a new {@link RTCIceCandidateInit} of what was set} */
        public RTCIceCandidateInit build() {
            return new RTCIceCandidateInit(candidate, sdpMid, sdpMLineIndex, usernameFragment);
        }
    }
}
