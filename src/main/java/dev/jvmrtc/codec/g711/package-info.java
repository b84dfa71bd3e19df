/**
 * The codec G.711 (ITU-T), A-law and mu-law. Knows nothing of WebRTC.
 *
 * <p>May see: nothing.
 */
package dev.jvmrtc.codec.g711;
