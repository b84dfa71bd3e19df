/**
 * SRTP and SRTCP (RFC 3711, RFC 7714): packets are protected in place, or from a payload that several senders read;
 * replays are refused.
 *
 * <p>May see: {@code crypto}, {@code wire}.
 */
package dev.jvmrtc.srtp;
