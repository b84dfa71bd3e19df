/** The codec G.722 (ITU-T). Knows nothing of WebRTC. */
package dev.jvmrtc.codec.g722;
