/**
 * The media sections of a session, and the media of one transport: routing, reports, pacing, numbers of packets.
 *
 * <p>May see: {@code core}, {@code rtp}, {@code rtp.congestion}, {@code rtp.format}, {@code rtp.receive},
 * {@code rtp.rtcp}, {@code rtp.send}, {@code session.plan}, {@code session.transport}, {@code wire}.
 */
package dev.jvmrtc.session.media;
