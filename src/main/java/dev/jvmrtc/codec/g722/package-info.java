/**
 * The codec G.722 (ITU-T). Knows nothing of WebRTC.
 *
 * <p>May see: nothing.
 */
package dev.jvmrtc.codec.g722;
