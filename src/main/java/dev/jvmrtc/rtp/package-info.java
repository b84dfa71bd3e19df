/**
 * RTP packets and payload types (RFC 3550).
 *
 * <p>May see: {@code core}, {@code rtp.format}, {@code wire}.
 */
package dev.jvmrtc.rtp;
