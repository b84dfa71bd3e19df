/**
 * What is played when: jitter buffers, synchronization of audio and video, pacing. Sans-IO: time comes in as an
 * argument.
 *
 * <p>May see: {@code core}, {@code media.codec}, {@code media.frame}.
 */
package dev.jvmrtc.media.playout;
