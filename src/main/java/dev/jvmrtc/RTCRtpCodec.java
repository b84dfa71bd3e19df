package dev.jvmrtc;

import java.util.Locale;
import java.util.Objects;

/** A codec (webrtc-pc §5.2.9). Immutable. */
public class RTCRtpCodec {
    private final String mimeType;
    private final long clockRate;
    private final Integer channels;
    private final String sdpFmtpLine;

    /**
     * @param mimeType such as {@code video/VP8}
     * @param clockRate in Hz
     * @param channels of audio, or null
     * @param sdpFmtpLine format parameters as in a=fmtp, or null
     */
    public RTCRtpCodec(String mimeType, long clockRate, Integer channels, String sdpFmtpLine) {
        this.mimeType = Objects.requireNonNull(mimeType, "mimeType");
        this.clockRate = clockRate;
        this.channels = channels;
        this.sdpFmtpLine = sdpFmtpLine;
    }

    /** {@return kind and name, such as {@code video/VP8}} */
    public final String mimeType() {
        return mimeType;
    }

    /** {@return the clock rate of its RTP timestamps, in Hz} */
    public final long clockRate() {
        return clockRate;
    }

    /** {@return the channels of audio, or null} */
    public final Integer channels() {
        return channels;
    }

    /** {@return format parameters as in a=fmtp, or null} */
    public final String sdpFmtpLine() {
        return sdpFmtpLine;
    }

    @Override
    public boolean equals(Object o) {
        return o != null
                && o.getClass() == getClass()
                && o instanceof RTCRtpCodec c
                && c.mimeType.equalsIgnoreCase(mimeType)
                && c.clockRate == clockRate
                && Objects.equals(c.channels, channels)
                && Objects.equals(c.sdpFmtpLine, sdpFmtpLine);
    }

    @Override
    public int hashCode() {
        return Objects.hash(mimeType.toLowerCase(Locale.ROOT), clockRate, channels, sdpFmtpLine);
    }

    @Override
    public String toString() {
        return mimeType + "/" + clockRate + (channels == null ? "" : "/" + channels)
                + (sdpFmtpLine == null ? "" : " " + sdpFmtpLine);
    }
}
