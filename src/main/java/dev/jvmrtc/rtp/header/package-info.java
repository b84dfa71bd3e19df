/**
 * RTP header extensions (RFC 8285): what their ids mean, and headers laid out once for a stream.
 *
 * <p>May see: {@code rtp}, {@code wire}.
 */
package dev.jvmrtc.rtp.header;
