package dev.jvmrtc;

import java.util.List;

/** Parameters of a sender (webrtc-pc §5.2.3): get them, change a copy, set them. */
public final class RTCRtpSendParameters extends RTCRtpParameters {
    private final String transactionId;
    private final List<RTCRtpEncodingParameters> encodings;

    RTCRtpSendParameters(
            String transactionId,
            List<RTCRtpEncodingParameters> encodings,
            List<RTCRtpHeaderExtensionParameters> headerExtensions,
            RTCRtcpParameters rtcp,
            List<RTCRtpCodecParameters> codecs) {
        super(headerExtensions, rtcp, codecs);
        this.transactionId = transactionId;
        this.encodings = List.copyOf(encodings);
    }

    /** Ties setParameters to the getParameters before it. */
    public String transactionId() {
        return transactionId;
    }

    public List<RTCRtpEncodingParameters> encodings() {
        return encodings;
    }

    /**
     * A builder that starts with these values; {@code transactionId} stays as it is, since it ties setParameters to
     * getParameters.
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Builds changed {@link RTCRtpSendParameters}. */
    public static final class Builder {
        private final String transactionId;
        private List<RTCRtpEncodingParameters> encodings;
        private List<RTCRtpHeaderExtensionParameters> headerExtensions;
        private RTCRtcpParameters rtcp;
        private List<RTCRtpCodecParameters> codecs;

        private Builder(RTCRtpSendParameters p) {
            transactionId = p.transactionId;
            encodings = p.encodings;
            headerExtensions = p.headerExtensions();
            rtcp = p.rtcp();
            codecs = p.codecs();
        }

        /** The same number as before. */
        public Builder encodings(List<RTCRtpEncodingParameters> value) {
            encodings = value;
            return this;
        }

        /** Read-only for setParameters, as the two that follow. */
        public Builder headerExtensions(List<RTCRtpHeaderExtensionParameters> value) {
            headerExtensions = value;
            return this;
        }

        public Builder rtcp(RTCRtcpParameters value) {
            rtcp = value;
            return this;
        }

        public Builder codecs(List<RTCRtpCodecParameters> value) {
            codecs = value;
            return this;
        }

        public RTCRtpSendParameters build() {
            return new RTCRtpSendParameters(transactionId, encodings, headerExtensions, rtcp, codecs);
        }
    }
}
