/**
 * What gives a session its sockets, its event loop and its threads, and what makes a session's plan of an agreement.
 *
 * <p>May see: {@code core}, {@code datachannel}, {@code dtls}, {@code dtls.bc}, {@code ice}, {@code jsep}, {@code net},
 * {@code rtp}, {@code rtp.format}, {@code rtp.header}, {@code sctp}, {@code sdp}, {@code session},
 * {@code session.plan}, {@code session.transport}, {@code stun}, {@code wire}.
 */
package dev.jvmrtc.engine;
