/**
 * What the adapters of codecs share, each of which is a {@link dev.jvmrtc.media.codec.CodecProvider}.
 *
 * <p>May see: {@code media.codec}, {@code media.frame}.
 */
package dev.jvmrtc.codec;
