package dev.jvmrtc;

/** A codec with the payload type that it was negotiated under (webrtc-pc §5.2.9). */
public final class RTCRtpCodecParameters extends RTCRtpCodec {
    private final int payloadType;

    public RTCRtpCodecParameters(
            int payloadType, String mimeType, long clockRate, Integer channels, String sdpFmtpLine) {
        super(mimeType, clockRate, channels, sdpFmtpLine);
        this.payloadType = payloadType;
    }

    /** 0 … 127. */
    public int payloadType() {
        return payloadType;
    }

    @Override
    public boolean equals(Object o) {
        return super.equals(o) && o instanceof RTCRtpCodecParameters c && c.payloadType == payloadType;
    }

    @Override
    public int hashCode() {
        return 31 * super.hashCode() + payloadType;
    }
}
