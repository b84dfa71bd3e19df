/**
 * The SCTP association (RFC 9260) as a state machine, from handshake to shutdown.
 *
 * <p>May see: {@code core}, {@code crypto}, {@code sctp.packet}, {@code sctp.rx}, {@code sctp.tx}, {@code wire}.
 */
package dev.jvmrtc.sctp;
