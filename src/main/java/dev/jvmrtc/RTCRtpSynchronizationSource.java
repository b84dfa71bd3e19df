package dev.jvmrtc;

/**
 * A source that sent what a receiver has delivered within the last ten seconds: its {@code source} is an SSRC
 * (webrtc-pc §5.3.2).
 */
public final class RTCRtpSynchronizationSource extends RTCRtpContributingSource {

    RTCRtpSynchronizationSource(double timestamp, long source, Double audioLevel, long rtpTimestamp) {
        super(timestamp, source, audioLevel, rtpTimestamp);
    }
}
