package dev.jvmrtc.jsep;

import dev.jvmrtc.sdp.ExtMap;
import dev.jvmrtc.sdp.SdpCodec;
import dev.jvmrtc.sdp.Section;
import java.util.List;
import java.util.Map;

/**
 * What the descriptions in force come to, complete: transports that are not listed are to be closed.
 * {@code engine.SessionPlans} makes of it what the session is asked for.
 *
 * @param data null without a data section
 */
public record Agreement(List<Transport> transports, List<Media> media, Data data) {

    /**
     * @param remoteUfrag null until the peer's description is known
     * @param dtlsClient null until the roles are known
     * @param tlsId the peer's name of the DTLS association (RFC 8842 §4), or null
     */
    public record Transport(
            int id,
            List<String> mids,
            String localUfrag,
            String localPwd,
            String remoteUfrag,
            String remotePwd,
            boolean remoteLite,
            boolean controlling,
            Boolean dtlsClient,
            List<Section.FingerprintLine> fingerprints,
            String tlsId) {
        @Override
        public String toString() {
            return "Transport[" + id + ", mids " + mids + ", " + localUfrag + " > " + remoteUfrag + "]";
        }
    }

    /**
     * @param sendCodecs with the payload types that the peer wants, the best first
     * @param receiveCodecs with the payload types that we announced
     * @param maxBitrate what the peer is willing to receive, in bits per second; {@link Long#MAX_VALUE} where it does
     *     not say
     * @param ptime how long the audio in a packet should last, in milliseconds; 0 where the peer does not say
     */
    public record Media(
            JsepTransceiver transceiver,
            String mid,
            int transportId,
            boolean send,
            boolean receive,
            List<SdpCodec> sendCodecs,
            List<SdpCodec> receiveCodecs,
            List<ExtMap> sendExtensions,
            List<ExtMap> receiveExtensions,
            List<Long> remoteSsrcs,
            Map<Long, Long> remoteFid,
            boolean reducedSizeRtcp,
            long maxBitrate,
            int ptime) {}

    /** @param maxMessageSize largest message that the peer takes, 0 = any */
    public record Data(int transportId, int localPort, int remotePort, long maxMessageSize) {}
}
