package dev.jvmrtc;

import java.util.List;

/**
 * Settings of a connection (webrtc-pc §4.2.1).
 *
 * @param iceServers servers that help to find a path; default none
 * @param iceTransportPolicy which candidates are used; default all
 * @param bundlePolicy how media share transports; default balanced
 * @param rtcpMuxPolicy always require
 * @param certificates ours; one is made where there is none
 * @param iceCandidatePoolSize 0 … 255, for how many transports candidates are gathered before setLocalDescription, so
 *     that they are there at once then; default 0. One for a call whose sections are bundled
 */
public record RTCConfiguration(
        List<RTCIceServer> iceServers,
        RTCIceTransportPolicy iceTransportPolicy,
        RTCBundlePolicy bundlePolicy,
        RTCRtcpMuxPolicy rtcpMuxPolicy,
        List<RTCCertificate> certificates,
        int iceCandidatePoolSize) {

    /**
     * Copies the lists.
     *
     * @param iceServers servers that help to find a path; default none
     * @param iceTransportPolicy which candidates are used; default all
     * @param bundlePolicy how media share transports; default balanced
     * @param rtcpMuxPolicy always require
     * @param certificates ours; one is made where there is none
     * @param iceCandidatePoolSize 0 … 255, for how many transports candidates are gathered before setLocalDescription,
     *     so that they are there at once then; default 0. One for a call whose sections are bundled
     */
    public RTCConfiguration {
        iceServers = iceServers == null ? null : List.copyOf(iceServers);
        certificates = certificates == null ? null : List.copyOf(certificates);
    }

    /** {@return a builder with the specification's defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these values} */
    public Builder toBuilder() {
        return new Builder()
                .iceServers(iceServers)
                .iceTransportPolicy(iceTransportPolicy)
                .bundlePolicy(bundlePolicy)
                .rtcpMuxPolicy(rtcpMuxPolicy)
                .certificates(certificates)
                .iceCandidatePoolSize(iceCandidatePoolSize);
    }

    /** Builds a {@link RTCConfiguration}; what is not set has the specification's default. */
    public static final class Builder {
        private List<RTCIceServer> iceServers = List.of();
        private RTCIceTransportPolicy iceTransportPolicy = RTCIceTransportPolicy.ALL;
        private RTCBundlePolicy bundlePolicy = RTCBundlePolicy.BALANCED;
        private RTCRtcpMuxPolicy rtcpMuxPolicy = RTCRtcpMuxPolicy.REQUIRE;
        private List<RTCCertificate> certificates = List.of();
        private int iceCandidatePoolSize = 0;

        private Builder() {}

        /**
         * Sets the servers that help to find a path; default none.
         *
         * @param iceServers replaces what was set before
         * @return this builder
         */
        public Builder iceServers(List<RTCIceServer> iceServers) {
            this.iceServers = iceServers;
            return this;
        }

        /**
         * Sets which candidates are used; default all.
         *
         * @param iceTransportPolicy replaces what was set before
         * @return this builder
         */
        public Builder iceTransportPolicy(RTCIceTransportPolicy iceTransportPolicy) {
            this.iceTransportPolicy = iceTransportPolicy;
            return this;
        }

        /**
         * Sets how media share transports; default balanced.
         *
         * @param bundlePolicy replaces what was set before
         * @return this builder
         */
        public Builder bundlePolicy(RTCBundlePolicy bundlePolicy) {
            this.bundlePolicy = bundlePolicy;
            return this;
        }

        /**
         * Sets whether RTP and RTCP share a transport: always {@code require}.
         *
         * @param rtcpMuxPolicy replaces what was set before
         * @return this builder
         */
        public Builder rtcpMuxPolicy(RTCRtcpMuxPolicy rtcpMuxPolicy) {
            this.rtcpMuxPolicy = rtcpMuxPolicy;
            return this;
        }

        /**
         * Sets our certificate; one is made where there is none.
         *
         * @param certificates replaces what was set before
         * @return this builder
         */
        public Builder certificates(List<RTCCertificate> certificates) {
            this.certificates = certificates;
            return this;
        }

        /**
         * Sets for how many transports, 0 … 255, candidates are gathered before setLocalDescription, so that they are
         * there at once then; default 0. One for a call whose sections are bundled.
         *
         * @param iceCandidatePoolSize replaces what was set before
         * @return this builder
         */
        public Builder iceCandidatePoolSize(int iceCandidatePoolSize) {
            this.iceCandidatePoolSize = iceCandidatePoolSize;
            return this;
        }

        /** {@return a new {@link RTCConfiguration} of what was set} */
        public RTCConfiguration build() {
            return new RTCConfiguration(
                    iceServers, iceTransportPolicy, bundlePolicy, rtcpMuxPolicy, certificates, iceCandidatePoolSize);
        }
    }
}
