/**
 * What a session is asked to be, what it tells, and what it is at a moment, in ids and in the types of ICE, DTLS and
 * RTP.
 *
 * <p>May see: {@code datachannel}, {@code dtls}, {@code ice}, {@code rtp}, {@code rtp.header}, {@code rtp.receive},
 * {@code rtp.send}, {@code sctp}.
 */
package dev.jvmrtc.session.plan;
