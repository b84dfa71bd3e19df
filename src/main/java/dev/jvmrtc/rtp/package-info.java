/**
 * RTP packets and payload types (RFC 3550).
 *
 * <p>May see: {@code core}, {@code wire}.
 */
package dev.jvmrtc.rtp;
