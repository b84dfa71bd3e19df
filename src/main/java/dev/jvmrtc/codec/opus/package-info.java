/**
 * Adapter of Concentus: Opus (RFC 6716), where that library is there.
 *
 * <p>May see: {@code codec}, {@code media.codec}, {@code media.frame}.
 */
package dev.jvmrtc.codec.opus;
