package dev.jvmrtc;

/**
 * A server that could not be used (webrtc-pc §4.8.3).
 *
 * @param address the local address, or null
 * @param port the local port, or null
 * @param url the server
 * @param errorCode STUN error code 300 … 699, or 701 where the server was not reached
 * @param errorText in words
 */
public record RTCPeerConnectionIceErrorEvent(
        String address, Integer port, String url, int errorCode, String errorText) {}
