/**
 * RTCP: reports (RFC 3550) and feedback (RFC 4585, RFC 5104).
 *
 * <p>May see: {@code core}, {@code wire}.
 */
package dev.jvmrtc.rtp.rtcp;
