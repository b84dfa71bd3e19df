package dev.jvmrtc;

/**
 * An error of a transport or channel (webrtc-pc §11.4).
 *
 * @param error what happened
 */
public record RTCErrorEvent(RTCError error) {}
