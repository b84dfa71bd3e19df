/**
 * One transport of a session: ICE, DTLS, SRTP, its relays and its TCP streams.
 *
 * <p>May see: {@code core}, {@code dtls}, {@code ice}, {@code rtp}, {@code session.plan}, {@code srtp}, {@code turn},
 * {@code wire}.
 */
package dev.jvmrtc.session.transport;
