package dev.jvmrtc;

/**
 * The name that {@link RTCPeerConnection} once had in browsers.
 *
 * @deprecated use {@link RTCPeerConnection}
 */
@Deprecated
public final class webkitRTCPeerConnection extends RTCPeerConnection {

    /** A connection without ICE servers. */
    public webkitRTCPeerConnection() {}

    /**
     * A connection of the {@linkplain RTCPeerConnectionFactory#getDefault() default factory}; errors as of
     * {@link RTCPeerConnection#RTCPeerConnection(RTCConfiguration)}.
     *
     * @param configuration ICE servers and more
     */
    public webkitRTCPeerConnection(RTCConfiguration configuration) {
        super(configuration);
    }
}
