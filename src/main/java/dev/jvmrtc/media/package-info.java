/**
 * The objects of W3C's mediacapture-streams: tracks, streams, devices and constraints, and the sources that make tracks
 * of what an application pushes.
 *
 * <p>May see: {@code dom}, {@code media.codec}, {@code media.frame}, {@code media.pipeline}, {@code media.playout},
 * {@code wire}.
 */
package dev.jvmrtc.media;
