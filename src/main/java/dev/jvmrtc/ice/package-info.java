/**
 * The ICE agent (RFC 8445): gathering, check list, connectivity checks, nomination, consent (RFC 7675), TCP candidates
 * (RFC 6544).
 *
 * <p>May see: {@code core}, {@code stun}, {@code wire}.
 */
package dev.jvmrtc.ice;
