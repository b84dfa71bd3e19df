/**
 * What flows through tracks: video frames, audio frames, encoded frames and their formats; who gives and who takes
 * them; scaling and resampling.
 *
 * <p>May see: nothing.
 */
package dev.jvmrtc.media.frame;
