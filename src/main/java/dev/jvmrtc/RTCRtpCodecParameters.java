package dev.jvmrtc;

/** A codec with the payload type that it was negotiated under (webrtc-pc §5.2.9). */
public final class RTCRtpCodecParameters extends RTCRtpCodec {
    private final int payloadType;

    /**
     * A codec in use.
     *
     * @param payloadType 0 … 127
     * @param mimeType such as {@code video/VP8}
     * @param clockRate in Hz
     * @param channels of audio, or null
     * @param sdpFmtpLine format parameters as in a=fmtp, or null
     */
    public RTCRtpCodecParameters(
            int payloadType, String mimeType, long clockRate, Integer channels, String sdpFmtpLine) {
        super(mimeType, clockRate, channels, sdpFmtpLine);
        this.payloadType = payloadType;
    }

    /** {@return the RTP payload type, 0 … 127} */
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
