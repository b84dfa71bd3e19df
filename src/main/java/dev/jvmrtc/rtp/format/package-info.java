/**
 * Payload formats, which cut frames into packets and join them again, and when two descriptions of a codec mean the
 * same.
 *
 * <p>May see: {@code bitstream.av1}, {@code bitstream.h264}, {@code bitstream.h265}, {@code core}, {@code wire}.
 */
package dev.jvmrtc.rtp.format;
