package dev.jvmrtc;

/**
 * A local candidate, or the end of gathering (webrtc-pc §4.8.2).
 *
 * @param candidate null when gathering has ended
 * @param url legacy: the STUN server that it came from, or null
 */
public record RTCPeerConnectionIceEvent(RTCIceCandidate candidate, String url) {}
