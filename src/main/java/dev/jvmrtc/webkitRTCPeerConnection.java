package dev.jvmrtc;

/**
 * The name that {@link RTCPeerConnection} once had in browsers.
 *
 * @deprecated use {@link RTCPeerConnection}
 */
@Deprecated
public final class webkitRTCPeerConnection extends RTCPeerConnection {

    public webkitRTCPeerConnection() {}

    public webkitRTCPeerConnection(RTCConfiguration configuration) {
        super(configuration);
    }
}
