/**
 * The association for data channels, from its beginning to its end, and the channels that wait for it.
 *
 * <p>May see: {@code core}, {@code datachannel}, {@code sctp}, {@code sctp.rx}, {@code session.plan},
 * {@code session.transport}, {@code wire}.
 */
package dev.jvmrtc.session.data;
