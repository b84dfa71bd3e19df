package dev.jvmrtc;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCRangeError;
import dev.jvmrtc.rtp.format.Codec;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * One encoding of a sender (webrtc-pc §5.2.6). Immutable. Bit rate, frame rate and scale are for sources that encode;
 * encoded sources are told, not made.
 */
public final class RTCRtpEncodingParameters {
    private static final Pattern LAYERED = Pattern.compile("L1T[23]");
    private final String rid;
    private final boolean active;
    private final Long maxBitrate;
    private final RTCPriorityType priority;
    private final Double maxFramerate;
    private final Double scaleResolutionDownBy;
    private final String scalabilityMode;

    private RTCRtpEncodingParameters(Builder b) {
        rid = b.rid;
        active = b.active;
        maxBitrate = b.maxBitrate;
        priority = b.priority;
        maxFramerate = b.maxFramerate;
        scaleResolutionDownBy = b.scaleResolutionDownBy;
        scalabilityMode = b.scalabilityMode;
    }

    /** {@return a builder with the specification's defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these values} */
    public Builder toBuilder() {
        return new Builder()
                .rid(rid)
                .active(active)
                .maxBitrate(maxBitrate)
                .maxFramerate(maxFramerate)
                .scaleResolutionDownBy(scaleResolutionDownBy)
                .scalabilityMode(scalabilityMode)
                .priority(priority);
    }

    /** {@return the simulcast layer, or null} */
    public String rid() {
        return rid;
    }

    /** {@return whether it is sent; default true} */
    public boolean active() {
        return active;
    }

    /** {@return what it may take, in bits per second, or null for no limit} */
    public Long maxBitrate() {
        return maxBitrate;
    }

    /**
     * {@return how much of the path it has beside other video of the connection (webrtc-priority §4.1)} Each word twice
     * that of the one before; default low.
     */
    public RTCPriorityType priority() {
        return priority;
    }

    /** {@return what it may have, in frames per second, or null for no limit} */
    public Double maxFramerate() {
        return maxFramerate;
    }

    /** {@return by how much width and height are divided, 1.0 or more, or null for 1.0} */
    public Double scaleResolutionDownBy() {
        return scaleResolutionDownBy;
    }

    /** {@return temporal layers of VP8 (webrtc-svc §4): L1T1, L1T2 or L1T3; null for L1T1} */
    public String scalabilityMode() {
        return scalabilityMode;
    }

    int temporalLayers() {
        return scalabilityMode != null && LAYERED.matcher(scalabilityMode).matches()
                ? scalabilityMode.charAt(3) - '0'
                : 1;
    }

    /**
     * webrtc-svc: an OperationError where the codec cannot have the layers; null where it can. A codec that is not
     * known yet is taken for VP8.
     */
    RTCException unsupportedLayers(MediaKind kind, Codec codec) {
        if (scalabilityMode == null || kind == MediaKind.AUDIO) {
            return null;
        }
        boolean layered = LAYERED.matcher(scalabilityMode).matches();
        if (scalabilityMode.equals("L1T1")
                || layered && (codec == null || temporalLayers() <= codec.temporalLayers())) {
            return null;
        }
        return new RTCException(
                "OperationError",
                "scalabilityMode " + scalabilityMode + " cannot be had" + (codec == null ? "" : " of " + codec.name())
                        + ": L1T1 is for every codec, L1T2 and L1T3 for VP8");
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof RTCRtpEncodingParameters e
                && Objects.equals(e.rid, rid)
                && e.active == active
                && Objects.equals(e.maxBitrate, maxBitrate)
                && Objects.equals(e.maxFramerate, maxFramerate)
                && Objects.equals(e.scaleResolutionDownBy, scaleResolutionDownBy)
                && Objects.equals(e.scalabilityMode, scalabilityMode)
                && e.priority == priority;
    }

    /** What webrtc-pc answers with a RangeError: a scale below 1, a frame rate below 0. Null where all is in range. */
    RTCRangeError outOfRange() {
        if (scaleResolutionDownBy != null && !(scaleResolutionDownBy >= 1)) {
            return new RTCRangeError("scaleResolutionDownBy is 1 or more, not " + scaleResolutionDownBy);
        }
        return maxFramerate != null && !(maxFramerate >= 0)
                ? new RTCRangeError("maxFramerate is 0 or more, not " + maxFramerate)
                : null;
    }

    @Override
    public int hashCode() {
        return Objects.hash(rid, active, maxBitrate, maxFramerate, scaleResolutionDownBy, scalabilityMode, priority);
    }

    /** Builds {@link RTCRtpEncodingParameters}. */
    public static final class Builder {
        private String rid;
        private boolean active = true;
        private Long maxBitrate;
        private Double maxFramerate;
        private Double scaleResolutionDownBy;
        private String scalabilityMode;
        private RTCPriorityType priority = RTCPriorityType.LOW;

        private Builder() {}

        /**
         * Names the simulcast layer.
         *
         * @param value null for none
         * @return this builder
         */
        public Builder rid(String value) {
            rid = value;
            return this;
        }

        /**
         * Sets whether it is sent.
         *
         * @param value by default true
         * @return this builder
         */
        public Builder active(boolean value) {
            active = value;
            return this;
        }

        /**
         * Limits what it takes.
         *
         * @param value bits per second; null, as by default, for no limit
         * @return this builder
         */
        public Builder maxBitrate(Long value) {
            maxBitrate = value;
            return this;
        }

        /**
         * Limits the frame rate.
         *
         * @param value frames per second, 0 or more; null, as by default, for no limit
         * @return this builder
         */
        public Builder maxFramerate(Double value) {
            maxFramerate = value;
            return this;
        }

        /**
         * Makes video smaller.
         *
         * @param value by how much width and height are divided, 1.0 or more; null, as by default, for 1.0
         * @return this builder
         */
        public Builder scaleResolutionDownBy(Double value) {
            scaleResolutionDownBy = value;
            return this;
        }

        /**
         * Sets the temporal layers (webrtc-svc §4).
         *
         * @param value L1T1, L1T2 or L1T3; null, as by default, for L1T1
         * @return this builder
         */
        public Builder scalabilityMode(String value) {
            scalabilityMode = value;
            return this;
        }

        /**
         * Sets how much of the path it has beside other video of the connection (webrtc-priority §4.1).
         *
         * @param value by default low
         * @return this builder
         */
        public Builder priority(RTCPriorityType value) {
            priority = Objects.requireNonNull(value, "priority");
            return this;
        }

        /** {@return a new {@link RTCRtpEncodingParameters} of what was set} */
        public RTCRtpEncodingParameters build() {
            return new RTCRtpEncodingParameters(this);
        }
    }
}
