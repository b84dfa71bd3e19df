/**
 * A stream that is received: order, loss, and frames made whole.
 *
 * <p>May see: {@code core}, {@code rtp}, {@code rtp.format}, {@code rtp.rtcp}, {@code wire}.
 */
package dev.jvmrtc.rtp.receive;
