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

    /** When its last frame was delivered, in milliseconds since 1970. */
    public double timestamp() {
        return timestamp;
    }

    /** Its SSRC or CSRC, 0 … 2^32 − 1. */
    public long source() {
        return source;
    }

    /** 0.0 (silence) … 1.0, or null: the header extensions that tell it are not negotiated yet. */
    public Double audioLevel() {
        return audioLevel;
    }

    /** RTP timestamp of its last frame, 0 … 2^32 − 1. */
    public long rtpTimestamp() {
        return rtpTimestamp;
    }

    @Override
    public String toString() {
        return source + " at " + rtpTimestamp;
    }
}
