/**
 * Adapter of JCodec: H.264, where that library is there, and what it lacks for real time.
 *
 * <p>May see: {@code codec}, {@code core}, {@code media.codec}, {@code media.frame}.
 */
package dev.jvmrtc.codec.h264;
