/**
 * What payload formats and files need to know of an H.264 stream: NAL units, parameter sets, key frames. Decodes
 * nothing.
 *
 * <p>May see: {@code core}, {@code wire}.
 */
package dev.jvmrtc.bitstream.h264;
