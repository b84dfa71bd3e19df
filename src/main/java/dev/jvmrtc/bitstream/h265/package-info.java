/**
 * What payload formats and files need to know of an H.265 stream: NAL units, parameter sets, key frames. Decodes
 * nothing.
 *
 * <p>May see: {@code bitstream.h264}, {@code core}, {@code wire}.
 */
package dev.jvmrtc.bitstream.h265;
