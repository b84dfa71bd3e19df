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

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these values. */
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

        public Builder ordered(boolean ordered) {
            this.ordered = ordered;
            return this;
        }

        public Builder maxPacketLifeTime(Integer maxPacketLifeTime) {
            this.maxPacketLifeTime = maxPacketLifeTime;
            return this;
        }

        public Builder maxRetransmits(Integer maxRetransmits) {
            this.maxRetransmits = maxRetransmits;
            return this;
        }

        public Builder protocol(String protocol) {
            this.protocol = protocol;
            return this;
        }

        public Builder negotiated(boolean negotiated) {
            this.negotiated = negotiated;
            return this;
        }

        public Builder id(Integer id) {
            this.id = id;
            return this;
        }

        public Builder priority(RTCPriorityType priority) {
            this.priority = priority;
            return this;
        }

        public RTCDataChannelInit build() {
            return new RTCDataChannelInit(
                    ordered, maxPacketLifeTime, maxRetransmits, protocol, negotiated, id, priority);
        }
    }
}
