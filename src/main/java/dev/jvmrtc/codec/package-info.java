/** The codecs that the library brings, behind {@link dev.jvmrtc.media.CodecProvider}. */
package dev.jvmrtc.codec;
