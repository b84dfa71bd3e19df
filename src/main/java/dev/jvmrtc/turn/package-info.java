/**
 * One allocation on one TURN server (RFC 8656): credentials, permissions, channels.
 *
 * <p>May see: {@code core}, {@code stun}, {@code wire}.
 */
package dev.jvmrtc.turn;
