package dev.jvmrtc.sctp;

import dev.jvmrtc.sctp.packet.Extensions;

/**
 * Settings of an association.
 *
 * @param maxPacketSize largest SCTP packet in bytes, a multiple of 4
 * @param maxMessageSize largest message that we take, in bytes
 * @param receiveWindow bytes of unfinished messages that we hold for the peer
 * @param congestionControl how much may be in flight
 * @param extensions what is announced to the peer
 */
public record SctpConfig(
        int localPort,
        int remotePort,
        int maxPacketSize,
        int maxMessageSize,
        int receiveWindow,
        CongestionControl congestionControl,
        Extensions extensions) {

    /** Who decides how much may be in flight. */
    public enum CongestionControl {
        /** {@link dev.jvmrtc.sctp.tx.CubicCongestionController}. */
        CUBIC,
        /** {@link dev.jvmrtc.sctp.tx.ModelCongestionController}. */
        MODEL
    }

    /** UDP payloads of 1,200 bytes pass nearly everywhere; the DTLS record takes 37 of them (RFC 8831 §5). */
    public static final int DEFAULT_MAX_PACKET_SIZE = 1160;

    public static final int DEFAULT_MAX_MESSAGE_SIZE = 1 << 20;
    public static final int DEFAULT_RECEIVE_WINDOW = 4 << 20;

    public static SctpConfig of(int localPort, int remotePort) {
        return new SctpConfig(
                localPort,
                remotePort,
                DEFAULT_MAX_PACKET_SIZE,
                DEFAULT_MAX_MESSAGE_SIZE,
                DEFAULT_RECEIVE_WINDOW,
                CongestionControl.CUBIC,
                Extensions.OURS);
    }

    public SctpConfig withMaxMessageSize(int bytes) {
        return new SctpConfig(
                localPort, remotePort, maxPacketSize, bytes, receiveWindow, congestionControl, extensions);
    }

    public SctpConfig withReceiveWindow(int bytes) {
        return new SctpConfig(
                localPort, remotePort, maxPacketSize, maxMessageSize, bytes, congestionControl, extensions);
    }

    public SctpConfig withCongestionControl(CongestionControl control) {
        return new SctpConfig(localPort, remotePort, maxPacketSize, maxMessageSize, receiveWindow, control, extensions);
    }

    public SctpConfig withExtensions(Extensions announced) {
        return new SctpConfig(
                localPort, remotePort, maxPacketSize, maxMessageSize, receiveWindow, congestionControl, announced);
    }
}
