/**
 * Microphones, loudspeakers, screens and a window for video. The only package that touches {@code java.desktop}.
 *
 * <p>May see: {@code dom}, {@code media}, {@code media.frame}, {@code media.playout}.
 */
package dev.jvmrtc.media.desktop;
