package dev.jvmrtc;

import java.util.Objects;

/** One encoding of a sender (webrtc-pc §5.2.6). Immutable. Bit rate, frame rate and scale are for sources that encode; encoded sources are told, not made. */
public final class RTCRtpEncodingParameters {
    private final String rid;
    private final boolean active;
    private final Long maxBitrate;
    private final Double maxFramerate;
    private final Double scaleResolutionDownBy;

    private RTCRtpEncodingParameters(Builder b) {
        rid = b.rid;
        active = b.active;
        maxBitrate = b.maxBitrate;
        maxFramerate = b.maxFramerate;
        scaleResolutionDownBy = b.scaleResolutionDownBy;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these values. */
    public Builder toBuilder() {
        return new Builder().rid(rid).active(active).maxBitrate(maxBitrate).maxFramerate(maxFramerate).scaleResolutionDownBy(scaleResolutionDownBy);
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

    /** Frames per second, or null. */
    public Double maxFramerate() {
        return maxFramerate;
    }

    /** 1.0 or more, or null. */
    public Double scaleResolutionDownBy() {
        return scaleResolutionDownBy;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof RTCRtpEncodingParameters e && Objects.equals(e.rid, rid) && e.active == active && Objects.equals(e.maxBitrate, maxBitrate)
            && Objects.equals(e.maxFramerate, maxFramerate) && Objects.equals(e.scaleResolutionDownBy, scaleResolutionDownBy);
    }

    /** What webrtc-pc answers with a RangeError: a scale below 1, a frame rate below 0. Null where all is in range. */
    RTCRangeError outOfRange() {
        if (scaleResolutionDownBy != null && !(scaleResolutionDownBy >= 1)) {
            return new RTCRangeError("scaleResolutionDownBy is 1 or more, not " + scaleResolutionDownBy);
        }
        return maxFramerate != null && !(maxFramerate >= 0) ? new RTCRangeError("maxFramerate is 0 or more, not " + maxFramerate) : null;
    }

    @Override
    public int hashCode() {
        return Objects.hash(rid, active, maxBitrate, maxFramerate, scaleResolutionDownBy);
    }

    /** Builds {@link RTCRtpEncodingParameters}. */
    public static final class Builder {
        private String rid;
        private boolean active = true;
        private Long maxBitrate;
        private Double maxFramerate;
        private Double scaleResolutionDownBy;

        private Builder() {
        }

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

        public RTCRtpEncodingParameters build() {
            return new RTCRtpEncodingParameters(this);
        }
    }
}
