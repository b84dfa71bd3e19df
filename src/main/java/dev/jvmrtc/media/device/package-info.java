/**
 * Devices that come with the library and are found as those of applications are: cameras by ffmpeg, a tone, a test
 * pattern.
 *
 * <p>May see: {@code dom}, {@code media}, {@code media.frame}, {@code media.pipeline}.
 */
package dev.jvmrtc.media.device;
