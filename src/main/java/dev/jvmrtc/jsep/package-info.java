/**
 * Negotiation (RFC 9429) as a state machine: descriptions come in, offers, answers and agreements come out.
 *
 * <p>May see: {@code core}, {@code rtp.format}, {@code rtp.header}, {@code sdp}, {@code wire}.
 */
package dev.jvmrtc.jsep;
