package dev.jvmrtc;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCTypeError;

/**
 * A description as it travels (webrtc-pc §4.6.2).
 *
 * @param type required
 * @param sdp empty for a rollback
 */
public record RTCSessionDescriptionInit(RTCSdpType type, String sdp) {

    /** {@return what {@code JSON.stringify(description)} gives in a browser} */
    public String toJsonString() {
        return SignallingJson.write(this);
    }

    /**
     * Reads what {@link #toJsonString()} or {@code JSON.stringify(description)} has written. Members of other names are
     * ignored, as WebIDL ignores them.
     *
     * @param json the text of an object
     * @return the description
     * @throws RTCException {@code SyntaxError} where it is no JSON object, has one of these members twice or is longer
     *     than the longest description
     * @throws RTCTypeError where it has no type, or its members are of other types
     */
    public static RTCSessionDescriptionInit ofJson(String json) {
        return SignallingJson.description(json);
    }

    /** {@return a builder with the specification's defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these values} */
    public Builder toBuilder() {
        return new Builder().type(type).sdp(sdp);
    }

    /** Builds a {@link RTCSessionDescriptionInit}; what is not set has the specification's default. */
    public static final class Builder {
        private RTCSdpType type;
        private String sdp = "";

        private Builder() {}

        /**
         * Sets whether it is an offer, an answer, a provisional answer or a rollback; required.
         *
         * @param type replaces what was set before
         * @return this builder
         */
        public Builder type(RTCSdpType type) {
            this.type = type;
            return this;
        }

        /**
         * Sets the text; empty, as by default, for a rollback.
         *
         * @param sdp replaces what was set before
         * @return this builder
         */
        public Builder sdp(String sdp) {
            this.sdp = sdp;
            return this;
        }

        /** {@return a new {@link RTCSessionDescriptionInit} of what was set} */
        public RTCSessionDescriptionInit build() {
            return new RTCSessionDescriptionInit(type, sdp);
        }
    }
}
