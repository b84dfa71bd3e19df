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

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these values. */
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

    /** Simulcast layer, or null. */
    public String rid() {
        return rid;
    }

    /** Whether it is sent; default true. */
    public boolean active() {
        return active;
    }

    /** Bits per second, or null. */
    public Long maxBitrate() {
        return maxBitrate;
    }

    /**
     * How much of the path it has beside other video of the connection (webrtc-priority §4.1): each word twice that of
     * the one before; default low.
     */
    public RTCPriorityType priority() {
        return priority;
    }

    /** Frames per second, or null. */
    public Double maxFramerate() {
        return maxFramerate;
    }

    /** 1.0 or more, or null. */
    public Double scaleResolutionDownBy() {
        return scaleResolutionDownBy;
    }

    /** Temporal layers of VP8 (webrtc-svc §4): L1T1, L1T2 or L1T3; null for L1T1. */
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

        public Builder rid(String value) {
            rid = value;
            return this;
        }

        public Builder active(boolean value) {
            active = value;
            return this;
        }

        public Builder maxBitrate(Long value) {
            maxBitrate = value;
            return this;
        }

        public Builder maxFramerate(Double value) {
            maxFramerate = value;
            return this;
        }

        public Builder scaleResolutionDownBy(Double value) {
            scaleResolutionDownBy = value;
            return this;
        }

        public Builder scalabilityMode(String value) {
            scalabilityMode = value;
            return this;
        }

        public Builder priority(RTCPriorityType value) {
            priority = Objects.requireNonNull(value, "priority");
            return this;
        }

        public RTCRtpEncodingParameters build() {
            return new RTCRtpEncodingParameters(this);
        }
    }
}
