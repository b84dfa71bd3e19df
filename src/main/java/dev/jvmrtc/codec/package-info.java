/** The codecs that the library brings, behind {@link dev.jvmrtc.media.codec.CodecProvider}. */
package dev.jvmrtc.codec;
