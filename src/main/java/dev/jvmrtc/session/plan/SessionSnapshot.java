package dev.jvmrtc.session.plan;

import dev.jvmrtc.ice.Candidate;
import dev.jvmrtc.ice.CandidatePair;
import dev.jvmrtc.ice.IceState;
import dev.jvmrtc.rtp.receive.RtpReceiveStream;
import dev.jvmrtc.rtp.send.RtpSendStream;
import dev.jvmrtc.sctp.Association;
import java.util.List;
import java.util.Map;

/**
 * What a session is at one moment; an unchanging copy.
 *
 * @param sctp null before there is an association
 * @param sctpTransportId −1 without a data section
 * @param drops by reason, of the session and its parts
 */
public record SessionSnapshot(
        List<Transport> transports,
        List<Media> media,
        Association.Snapshot sctp,
        int sctpTransportId,
        Map<String, Long> drops) {

    /** @param sendBitrate what the path is believed to carry, in bits per second; −1 where no media is sent */
    public record Transport(
            int id,
            IceState iceState,
            boolean controlling,
            SessionEvent.DtlsState dtlsState,
            String dtlsRole,
            String cipherSuite,
            String srtpProfile,
            byte[] localCertificate,
            List<byte[]> remoteCertificates,
            String localUfrag,
            CandidatePair.Snapshot selected,
            List<CandidatePair.Snapshot> pairs,
            List<Candidate> localCandidates,
            List<Candidate> remoteCandidates,
            long sendBitrate,
            boolean relayOnly,
            TransportHistory.Snapshot history) {}

    /**
     * @param plan as it was taken on last
     * @param outbound null where nothing was ever to be sent
     * @param targetBitrate what the sender was told, in bits per second; −1 while it cannot send
     * @param stopped the circuit breaker (RFC 8083) keeps it from sending
     */
    public record Media(
            SessionPlan.Media plan,
            RtpSendStream.Snapshot outbound,
            List<RtpReceiveStream.Snapshot> inbound,
            long targetBitrate,
            boolean stopped) {
        public int id() {
            return plan.id();
        }

        public String mid() {
            return plan.mid();
        }

        public int transportId() {
            return plan.transportId();
        }
    }
}
