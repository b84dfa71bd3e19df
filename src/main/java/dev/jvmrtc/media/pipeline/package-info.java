/**
 * Encoding and decoding of tracks, on the threads for codecs, and the clock that wakes them.
 *
 * <p>May see: {@code core}, {@code media.codec}, {@code media.frame}, {@code media.playout}.
 */
package dev.jvmrtc.media.pipeline;
