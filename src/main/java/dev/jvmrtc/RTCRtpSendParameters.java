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

    /** {@return what ties setParameters to the getParameters before it} */
    public String transactionId() {
        return transactionId;
    }

    /** {@return the encodings, one at present} */
    public List<RTCRtpEncodingParameters> encodings() {
        return encodings;
    }

    /**
     * {@return a builder that starts with these values} {@code transactionId} stays as it is, since it ties
     * setParameters to getParameters.
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

        /**
         * Sets the encodings.
         *
         * @param value the same number as before
         * @return this builder
         */
        public Builder encodings(List<RTCRtpEncodingParameters> value) {
            encodings = value;
            return this;
        }

        /**
         * Sets what setParameters refuses to change.
         *
         * @param value as {@link RTCRtpSender#getParameters} gave it
         * @return this builder
         */
        public Builder headerExtensions(List<RTCRtpHeaderExtensionParameters> value) {
            headerExtensions = value;
            return this;
        }

        /**
         * Sets what setParameters refuses to change.
         *
         * @param value as {@link RTCRtpSender#getParameters} gave it
         * @return this builder
         */
        public Builder rtcp(RTCRtcpParameters value) {
            rtcp = value;
            return this;
        }

        /**
         * Sets what setParameters refuses to change.
         *
         * @param value as {@link RTCRtpSender#getParameters} gave it
         * @return this builder
         */
        public Builder codecs(List<RTCRtpCodecParameters> value) {
            codecs = value;
            return this;
        }

        /** {@return a new {@link RTCRtpSendParameters} of what was set} */
        public RTCRtpSendParameters build() {
            return new RTCRtpSendParameters(transactionId, encodings, headerExtensions, rtcp, codecs);
        }
    }
}
