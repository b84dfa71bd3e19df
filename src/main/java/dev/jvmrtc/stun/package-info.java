/**
 * STUN messages, attributes and transactions (RFC 8489), and discovery of a NAT's behaviour (RFC 5780).
 *
 * <p>May see: {@code core}, {@code crypto}, {@code wire}.
 */
package dev.jvmrtc.stun;
