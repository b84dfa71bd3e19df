/**
 * DTLS 1.2 by Bouncy Castle, which no other package sees.
 *
 * <p>May see: {@code core}, {@code crypto}, {@code dtls}, {@code wire}.
 */
package dev.jvmrtc.dtls.bc;
