/**
 * What a path carries, and who gets which share of it.
 *
 * <p>May see: {@code rtp.rtcp}.
 */
package dev.jvmrtc.rtp.congestion;
