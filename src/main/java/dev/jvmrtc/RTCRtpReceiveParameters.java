package dev.jvmrtc;

import java.util.List;

/** Parameters of a receiver (webrtc-pc §5.2.4). */
public final class RTCRtpReceiveParameters extends RTCRtpParameters {

    RTCRtpReceiveParameters(
            List<RTCRtpHeaderExtensionParameters> headerExtensions,
            RTCRtcpParameters rtcp,
            List<RTCRtpCodecParameters> codecs) {
        super(headerExtensions, rtcp, codecs);
    }
}
