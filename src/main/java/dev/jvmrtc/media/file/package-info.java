/**
 * Files of media: a call recorded in one file while it goes on, and files read to be played, without a codec where the
 * frames are encoded already (WebM, Matroska, MP4, Ogg, IVF, WAV, Y4M, Annex B).
 *
 * <p>May see: {@code bitstream.av1}, {@code bitstream.h264}, {@code bitstream.h265}, {@code core}, {@code media},
 * {@code media.codec}, {@code media.frame}, {@code media.pipeline}, {@code wire}.
 */
package dev.jvmrtc.media.file;
