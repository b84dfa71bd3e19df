/**
 * All of a connection below the W3C slots, without I/O: applies a plan, merges deadlines, drains what is to be sent.
 *
 * <p>May see: {@code core}, {@code dtls}, {@code session.data}, {@code session.media}, {@code session.plan},
 * {@code session.transport}, {@code wire}.
 */
package dev.jvmrtc.session;
