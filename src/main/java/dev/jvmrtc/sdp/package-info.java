/**
 * Session descriptions (RFC 8866) as lines, and what the lines of WebRTC mean.
 *
 * <p>May see: {@code core}, {@code wire}.
 */
package dev.jvmrtc.sdp;
