/**
 * Receiving of an SCTP association: TSNs seen, reassembly, streams in order.
 *
 * <p>May see: {@code core}, {@code sctp.packet}, {@code wire}.
 */
package dev.jvmrtc.sctp.rx;
