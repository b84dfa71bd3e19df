package dev.jvmrtc;

import java.util.List;

/** Parameters of a sender (webrtc-pc §5.2.3): get them, change a copy, set them. */
public final class RTCRtpSendParameters extends RTCRtpParameters {
    private final String transactionId;
    private final List<RTCRtpEncodingParameters> encodings;

    RTCRtpSendParameters(String transactionId, List<RTCRtpEncodingParameters> encodings, List<RTCRtpHeaderExtensionParameters> headerExtensions,
                         RTCRtcpParameters rtcp, List<RTCRtpCodecParameters> codecs) {
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

    /** A copy with other encodings. */
    public RTCRtpSendParameters withEncodings(List<RTCRtpEncodingParameters> newEncodings) {
        return new RTCRtpSendParameters(transactionId, newEncodings, headerExtensions(), rtcp(), codecs());
    }
}
