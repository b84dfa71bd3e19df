/**
 * A stream that is sent: its packets, their pacing, the history of them, and what is sent again.
 *
 * <p>May see: {@code core}, {@code rtp}, {@code rtp.format}, {@code rtp.header}, {@code rtp.rtcp}, {@code wire}.
 */
package dev.jvmrtc.rtp.send;
