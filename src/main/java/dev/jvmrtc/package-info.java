/**
 * The WebRTC API of W3C (webrtc-pc) in Java: {@link dev.jvmrtc.RTCPeerConnection}, what hangs on it, and
 * {@link dev.jvmrtc.RTCPeerConnectionFactory} for all that a page cannot choose. Beside each public object stand the
 * slots that its getters show; they change under the connection's lock or in its tasks.
 *
 * <p>May see: {@code core}, {@code datachannel}, {@code dom}, {@code dtls}, {@code dtls.bc}, {@code engine},
 * {@code ice}, {@code jsep}, {@code media}, {@code media.codec}, {@code media.frame}, {@code media.pipeline},
 * {@code rtp}, {@code rtp.format}, {@code rtp.header}, {@code rtp.receive}, {@code rtp.rtcp}, {@code rtp.send},
 * {@code sctp}, {@code sdp}, {@code session}, {@code session.plan}, {@code task}, {@code wire}.
 */
package dev.jvmrtc;
