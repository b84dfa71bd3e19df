/**
 * Sending of an SCTP association: queues of messages, chunks in flight, retransmission, congestion control.
 *
 * <p>May see: {@code core}, {@code sctp.packet}, {@code wire}.
 */
package dev.jvmrtc.sctp.tx;
