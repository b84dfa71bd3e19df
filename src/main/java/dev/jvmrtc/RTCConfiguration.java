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

    public RTCConfiguration {
        iceServers = iceServers == null ? null : List.copyOf(iceServers);
        certificates = certificates == null ? null : List.copyOf(certificates);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these values. */
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

        public Builder iceServers(List<RTCIceServer> iceServers) {
            this.iceServers = iceServers;
            return this;
        }

        public Builder iceTransportPolicy(RTCIceTransportPolicy iceTransportPolicy) {
            this.iceTransportPolicy = iceTransportPolicy;
            return this;
        }

        public Builder bundlePolicy(RTCBundlePolicy bundlePolicy) {
            this.bundlePolicy = bundlePolicy;
            return this;
        }

        public Builder rtcpMuxPolicy(RTCRtcpMuxPolicy rtcpMuxPolicy) {
            this.rtcpMuxPolicy = rtcpMuxPolicy;
            return this;
        }

        public Builder certificates(List<RTCCertificate> certificates) {
            this.certificates = certificates;
            return this;
        }

        public Builder iceCandidatePoolSize(int iceCandidatePoolSize) {
            this.iceCandidatePoolSize = iceCandidatePoolSize;
            return this;
        }

        public RTCConfiguration build() {
            return new RTCConfiguration(
                    iceServers, iceTransportPolicy, bundlePolicy, rtcpMuxPolicy, certificates, iceCandidatePoolSize);
        }
    }
}
