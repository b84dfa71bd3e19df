package dev.jvmrtc;

import java.util.List;

/** What sender and receiver parameters have in common (webrtc-pc §5.2.2). Immutable. */
public class RTCRtpParameters {
    private final List<RTCRtpHeaderExtensionParameters> headerExtensions;
    private final RTCRtcpParameters rtcp;
    private final List<RTCRtpCodecParameters> codecs;

    RTCRtpParameters(
            List<RTCRtpHeaderExtensionParameters> headerExtensions,
            RTCRtcpParameters rtcp,
            List<RTCRtpCodecParameters> codecs) {
        this.headerExtensions = List.copyOf(headerExtensions);
        this.rtcp = rtcp;
        this.codecs = List.copyOf(codecs);
    }

    /** {@return the negotiated header extensions; empty before negotiation} */
    public final List<RTCRtpHeaderExtensionParameters> headerExtensions() {
        return headerExtensions;
    }

    /** {@return how RTCP is used} */
    public final RTCRtcpParameters rtcp() {
        return rtcp;
    }

    /** {@return negotiated codecs, the first in use; empty before negotiation} */
    public final List<RTCRtpCodecParameters> codecs() {
        return codecs;
    }
}
