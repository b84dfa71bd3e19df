package dev.jvmrtc;

/**
 * A transport has no path any more, and only {@link RTCPeerConnection#restartIce()} can bring one. Not of W3C.
 *
 * @param transport the transport, "disconnected" or "failed"
 */
public record RTCIceRestartNeededEvent(RTCIceTransport transport) {}
