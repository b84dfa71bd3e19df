package dev.jvmrtc;

/**
 * A source whose media was in what a receiver has delivered within the last ten seconds (webrtc-pc §5.3.1). Immutable.
 */
public class RTCRtpContributingSource {
    private final double timestamp;
    private final long source;
    private final Double audioLevel;
    private final long rtpTimestamp;

    RTCRtpContributingSource(double timestamp, long source, Double audioLevel, long rtpTimestamp) {
        this.timestamp = timestamp;
        this.source = source;
        this.audioLevel = audioLevel;
        this.rtpTimestamp = rtpTimestamp;
    }

    /** {@return when its last frame was delivered, in milliseconds since 1970} */
    public double timestamp() {
        return timestamp;
    }

    /** {@return its SSRC or CSRC, 0 … 2^32 − 1} */
    public long source() {
        return source;
    }

    /**
     * {@return its loudness from 0, silence, to 1; null where no header extension tells it, as none is negotiated yet}
     */
    public Double audioLevel() {
        return audioLevel;
    }

    /** {@return the RTP timestamp of its last frame, 0 … 2^32 − 1} */
    public long rtpTimestamp() {
        return rtpTimestamp;
    }

    @Override
    public String toString() {
        return source + " at " + rtpTimestamp;
    }
}
