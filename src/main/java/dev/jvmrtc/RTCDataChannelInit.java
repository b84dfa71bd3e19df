package dev.jvmrtc;

/**
 * How a data channel shall behave (webrtc-pc §6.2.1).
 *
 * @param ordered whether messages arrive in order; default true
 * @param maxPacketLifeTime milliseconds for which a message is resent, 0 … 65535, or null for ever
 * @param maxRetransmits how often a message is resent, 0 … 65535, or null for any number; not together with
 *     maxPacketLifeTime
 * @param protocol subprotocol, at most 65535 bytes; default empty
 * @param negotiated whether both sides create the channel themselves; default false
 * @param id 0 … 65534; required where negotiated
 * @param priority its share of what is sent beside other channels; default low (webrtc-priority §4.3)
 */
public record RTCDataChannelInit(
        boolean ordered,
        Integer maxPacketLifeTime,
        Integer maxRetransmits,
        String protocol,
        boolean negotiated,
        Integer id,
        RTCPriorityType priority) {

    /** {@return a builder with the specification's defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these values} */
    public Builder toBuilder() {
        return new Builder()
                .ordered(ordered)
                .maxPacketLifeTime(maxPacketLifeTime)
                .maxRetransmits(maxRetransmits)
                .protocol(protocol)
                .negotiated(negotiated)
                .id(id)
                .priority(priority);
    }

    /** Builds a {@link RTCDataChannelInit}; what is not set has the specification's default. */
    public static final class Builder {
        private boolean ordered = true;
        private Integer maxPacketLifeTime;
        private Integer maxRetransmits;
        private String protocol = "";
        private boolean negotiated = false;
        private Integer id;
        private RTCPriorityType priority = RTCPriorityType.LOW;

        private Builder() {}

        /**
         * Sets whether messages arrive in order; default true.
         *
         * @param ordered replaces what was set before
         * @return this builder
         */
        public Builder ordered(boolean ordered) {
            this.ordered = ordered;
            return this;
        }

        /**
         * Sets for how many milliseconds a message is resent, 0 … 65535; null, as by default, for ever.
         *
         * @param maxPacketLifeTime replaces what was set before
         * @return this builder
         */
        public Builder maxPacketLifeTime(Integer maxPacketLifeTime) {
            this.maxPacketLifeTime = maxPacketLifeTime;
            return this;
        }

        /**
         * Sets how often a message is resent, 0 … 65535; null, as by default, for any number. Not together with
         * maxPacketLifeTime.
         *
         * @param maxRetransmits replaces what was set before
         * @return this builder
         */
        public Builder maxRetransmits(Integer maxRetransmits) {
            this.maxRetransmits = maxRetransmits;
            return this;
        }

        /**
         * Names the subprotocol, in at most 65535 bytes; default empty.
         *
         * @param protocol replaces what was set before
         * @return this builder
         */
        public Builder protocol(String protocol) {
            this.protocol = protocol;
            return this;
        }

        /**
         * Sets whether both sides create the channel themselves; default false.
         *
         * @param negotiated replaces what was set before
         * @return this builder
         */
        public Builder negotiated(boolean negotiated) {
            this.negotiated = negotiated;
            return this;
        }

        /**
         * Sets the SCTP stream, 0 … 65534; required where negotiated.
         *
         * @param id replaces what was set before
         * @return this builder
         */
        public Builder id(Integer id) {
            this.id = id;
            return this;
        }

        /**
         * Sets its share of what is sent beside other channels; default low (webrtc-priority §4.3).
         *
         * @param priority replaces what was set before
         * @return this builder
         */
        public Builder priority(RTCPriorityType priority) {
            this.priority = priority;
            return this;
        }

        /** {@return a new {@link RTCDataChannelInit} of what was set} */
        public RTCDataChannelInit build() {
            return new RTCDataChannelInit(
                    ordered, maxPacketLifeTime, maxRetransmits, protocol, negotiated, id, priority);
        }
    }
}
