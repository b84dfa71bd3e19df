/**
 * SCTP packets and chunks (RFC 9260 §3): read in place, and written.
 *
 * <p>May see: {@code core}, {@code wire}.
 */
package dev.jvmrtc.sctp.packet;
