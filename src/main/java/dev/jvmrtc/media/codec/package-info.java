/**
 * How codecs are plugged in: {@link dev.jvmrtc.media.codec.CodecProvider}s, found by {@link java.util.ServiceLoader},
 * make encoders and decoders.
 *
 * <p>May see: {@code media.frame}, {@code rtp.format}.
 */
package dev.jvmrtc.media.codec;
