package dev.jvmrtc;

import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.MediaStreamTrack;
import java.util.List;

/**
 * A remote track (webrtc-pc §5.7).
 *
 * @param receiver its receiver
 * @param track the track
 * @param streams the streams that the peer put it in
 * @param transceiver its transceiver
 */
public record RTCTrackEvent(
        RTCRtpReceiver receiver, MediaStreamTrack track, List<MediaStream> streams, RTCRtpTransceiver transceiver) {}
