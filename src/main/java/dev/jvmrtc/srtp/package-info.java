/**
 * SRTP and SRTCP (RFC 3711, RFC 7714): packets are protected in place, replays are refused.
 *
 * <p>May see: {@code crypto}, {@code wire}.
 */
package dev.jvmrtc.srtp;
