/**
 * What payload formats and files need to know of an AV1 stream: OBUs, sequence headers, key frames. Decodes nothing.
 *
 * <p>May see: {@code core}, {@code wire}.
 */
package dev.jvmrtc.bitstream.av1;
