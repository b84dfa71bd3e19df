package dev.jvmrtc;

/**
 * A data channel of the peer (webrtc-pc §6.4).
 *
 * @param channel open already
 */
public record RTCDataChannelEvent(RTCDataChannel channel) {}
