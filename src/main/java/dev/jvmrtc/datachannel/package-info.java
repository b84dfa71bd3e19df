/**
 * Data channels on an association: opening in band (RFC 8832), stream ids, closing by reset of streams (RFC 8831).
 *
 * <p>May see: {@code core}, {@code sctp}, {@code sctp.rx}, {@code sctp.tx}, {@code wire}.
 */
package dev.jvmrtc.datachannel;
