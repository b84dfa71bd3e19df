/**
 * Adapters of the codecs that are part of this library: VP8, G.711, G.722.
 *
 * <p>May see: {@code codec}, {@code codec.g711}, {@code codec.g722}, {@code codec.vp8}, {@code media.codec},
 * {@code media.frame}.
 */
package dev.jvmrtc.codec.builtin;
