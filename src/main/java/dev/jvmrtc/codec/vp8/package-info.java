/**
 * VP8 (RFC 6386): a decoder of everything the format has, and an encoder for real time. Knows nothing of RTP or clocks,
 * and starts no threads, though it may be lent some: bytes in, frames out, and the other way round. Not thread-safe;
 * one decoder or encoder belongs to one stream.
 *
 * <p>May see: {@code core}.
 */
package dev.jvmrtc.codec.vp8;
