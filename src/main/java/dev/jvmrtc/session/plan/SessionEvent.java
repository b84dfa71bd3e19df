package dev.jvmrtc.session.plan;

import dev.jvmrtc.datachannel.DataChannelEvent;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.ice.Candidate;
import dev.jvmrtc.ice.IceState;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.receive.ReceivedFrame;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** What a {@code PeerSession} has to tell. Transports and media are named by the ids of the plan. */
public sealed interface SessionEvent {

    /** Nobody takes it: gives back what it holds. */
    default void release() {}

    /** A new transport needs local addresses: the driver binds sockets, see {@code Transports.addLocalAddress}. */
    record TransportOpened(int transportId) implements SessionEvent {}

    /** A transport that gathered ahead is in use from now on, under the credentials that it has now. */
    record TransportAdopted(int transportId) implements SessionEvent {}

    /**
     * ICE restarts: the driver binds new sockets as for a new transport. The old ones stay until
     * {@link OldSocketsUnused}; of still older ones only the one bound to {@code keep}, if any.
     */
    record TransportRestarted(int transportId, InetSocketAddress keep) implements SessionEvent {}

    /** A pair of the new generation is in use: sockets from before the restart are to be closed. */
    record OldSocketsUnused(int transportId) implements SessionEvent {}

    /** A transport is gone; its sockets are to be closed. */
    record TransportClosed(int transportId) implements SessionEvent {}

    /**
     * A candidate of the peer whose name (such as a browser's {@code .local}) the driver is to resolve and give back.
     */
    record ResolveCandidate(int transportId, Candidate candidate) implements SessionEvent {}

    /**
     * @param url of the server that it comes from, or null
     * @param relayProtocol "udp", "tcp" or "tls" for a relayed candidate, else null
     */
    record LocalCandidate(int transportId, Candidate candidate, String url, String relayProtocol)
            implements SessionEvent {}

    /**
     * The driver is to open a TCP stream, see {@code Transports.streamOpened}.
     *
     * @param local the address to open it from, or null for any
     * @param tlsHost whom the certificate must name, or null for a stream without TLS
     */
    record OpenStream(int transportId, int streamId, InetAddress local, InetSocketAddress remote, String tlsHost)
            implements SessionEvent {}

    /** A stream is of no use any more. */
    record CloseStream(int streamId) implements SessionEvent {}

    record GatheringStarted(int transportId) implements SessionEvent {}

    record GatheringComplete(int transportId) implements SessionEvent {}

    record IceServerError(int transportId, String url, InetSocketAddress base, int code, String text)
            implements SessionEvent {}

    record IceStateChanged(int transportId, IceState state) implements SessionEvent {}

    record SelectedPairChanged(int transportId, Candidate local, Candidate remote) implements SessionEvent {}

    /**
     * A transport has failed, and nobody has restarted ICE for a while: its sockets are of no use, and an ICE restart
     * would need others.
     */
    record SocketsUnused(int transportId) implements SessionEvent {}

    /** No pair of the transport works any more: only an ICE restart can bring a path. */
    record IceRestartNeeded(int transportId) implements SessionEvent {}

    /**
     * UDP goes straight from one address to the other: the driver is to look what its link takes, see
     * {@code Transports.setLink}.
     */
    record DirectPathSelected(int transportId, InetSocketAddress local, InetSocketAddress remote)
            implements SessionEvent {}

    record IceRoleChanged(int transportId, boolean controlling) implements SessionEvent {}

    /** States of RTCDtlsTransportState (webrtc-pc §5.5). */
    enum DtlsState {
        NEW,
        CONNECTING,
        CONNECTED,
        CLOSED,
        FAILED
    }

    /** @param failure null unless FAILED */
    record DtlsStateChanged(
            int transportId,
            DtlsState state,
            DtlsRole role,
            List<byte[]> remoteCertificates,
            String cipherSuite,
            String srtpProfile,
            String failure,
            boolean fingerprintMismatch,
            Integer sentAlert,
            Integer receivedAlert)
            implements SessionEvent {}

    record DataChannel(DataChannelEvent event) implements SessionEvent {
        @Override
        public void release() {
            event.release();
        }
    }

    /** The first packet of a receiver's media, or the first after a pause. */
    record MediaArrived(int mediaId, String mid) implements SessionEvent {}

    record FrameReceived(int mediaId, ReceivedFrame frame, long ssrc) implements SessionEvent {}

    /**
     * An RTP packet in the clear, where the application asked for them.
     *
     * @param packet to be released by whoever takes the event, and not to be changed
     */
    record RtpReceived(int mediaId, ByteBuf packet) implements SessionEvent {
        @Override
        public void release() {
            packet.release();
        }
    }

    /** The peer wants a key frame, or sending has just become possible and begins with one. */
    record KeyFrameRequested(int mediaId) implements SessionEvent {}

    /** What a sender is to keep within from now on, in bits per second. */
    record TargetBitrateChanged(int mediaId, long bitsPerSecond) implements SessionEvent {}

    /** What a sender sends with from now on; null where its source can deliver nothing of what was negotiated. */
    record SendCodecChanged(int mediaId, String mid, RtpCodec codec) implements SessionEvent {}

    /** The peer said BYE for a receiver's source. */
    record MediaEnded(int mediaId, String mid) implements SessionEvent {}
}
