package dev.jvmrtc.session.plan;

import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.ice.IceCredentials;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.header.HeaderExtensions;
import java.util.List;
import java.util.Map;

/**
 * What a session is asked to be, complete: transports that are not listed are to be closed. It is made of ids, and of
 * what ICE, DTLS and RTP are told, whoever has negotiated that.
 *
 * @param data null without data channels
 */
public record SessionPlan(List<Transport> transports, List<Media> media, Data data) {

    /**
     * @param mids of the sections that it carries, for those who read logs
     * @param remote null until the peer's credentials are known
     * @param dtlsClient null until the roles are known
     * @param tlsId the peer's name of the DTLS association (RFC 8842 §4), or null
     */
    public record Transport(
            int id,
            List<String> mids,
            IceCredentials local,
            IceCredentials remote,
            boolean remoteLite,
            boolean controlling,
            Boolean dtlsClient,
            List<Fingerprint> fingerprints,
            String tlsId) {}

    /**
     * What one sender and one receiver are to do.
     *
     * @param id names them in events and calls
     * @param mid as the MID header extension carries it
     * @param ssrc of what is sent, {@code rtxSsrc} of what is sent again
     * @param sendCodecs with the payload types that the peer wants, the best first
     * @param receiveCodecs with the payload types that we announced
     * @param remoteSsrcs that the peer has announced
     * @param remoteFid by the SSRC of media that of its retransmissions
     * @param maxBitrate what the peer is willing to receive, in bits per second; {@link Long#MAX_VALUE} where it does
     *     not say
     * @param ptime how long the audio in a packet should last, in milliseconds; 0 where the peer does not say
     */
    public record Media(
            int id,
            boolean video,
            String mid,
            int transportId,
            boolean send,
            boolean receive,
            long ssrc,
            long rtxSsrc,
            List<RtpCodec> sendCodecs,
            List<RtpCodec> receiveCodecs,
            HeaderExtensions sendExtensions,
            HeaderExtensions receiveExtensions,
            List<Long> remoteSsrcs,
            Map<Long, Long> remoteFid,
            boolean reducedSizeRtcp,
            long maxBitrate,
            int ptime) {}

    /** @param maxMessageSize largest message that the peer takes, 0 = any */
    public record Data(int transportId, int localPort, int remotePort, long maxMessageSize) {}
}
