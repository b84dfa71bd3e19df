package dev.jvmrtc.session.transport;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.dtls.DtlsEvent;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.dtls.SrtpProfile;
import dev.jvmrtc.srtp.ProtectedPacket;
import dev.jvmrtc.srtp.SrtpReceiver;
import dev.jvmrtc.srtp.SrtpSender;
import dev.jvmrtc.srtp.SrtpSuite;
import dev.jvmrtc.wire.LentBytes;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * SRTP of one transport between its DTLS connections: the keys of the present one, and what is protected with them.
 * What was kept to be sent again goes with the keys that it was protected with.
 */
final class SrtpSession {
    static final String NO_PROFILE =
            "media was negotiated, but DTLS agreed on no SRTP protection profile (use_srtp, RFC 5764): the peer has to support one of "
                    + Arrays.stream(SrtpProfile.values()).map(SrtpProfile::name).collect(Collectors.joining(", "));

    private final Counters drops;
    private DtlsEvent.Connected connected;
    /** Made by the first packet, since many a connection has channels only. */
    private SrtpSender sender;

    private SrtpReceiver receiver;

    SrtpSession(Counters drops) {
        this.drops = drops;
    }

    /** DTLS is up; nothing happens where it agreed on no SRTP profile. */
    void start(DtlsEvent.Connected c) {
        forgetKeys();
        connected = c.srtpProfile() == null ? null : c;
    }

    void forgetKeys() {
        connected = null;
        sender = null;
        receiver = null;
    }

    boolean hasKeys() {
        return connected != null;
    }

    /** RFC 5764 §4.2: client key, server key, client salt, server salt. */
    private void makeKeys() {
        if (sender != null) {
            return;
        }
        SrtpProfile p = connected.srtpProfile();
        SrtpSuite suite = SrtpSuite.valueOf(p.name());
        byte[] m = connected.keyingMaterial();
        int k = p.keyLength();
        int s = p.saltLength();
        byte[] clientKey = Arrays.copyOfRange(m, 0, k);
        byte[] serverKey = Arrays.copyOfRange(m, k, 2 * k);
        byte[] clientSalt = Arrays.copyOfRange(m, 2 * k, 2 * k + s);
        byte[] serverSalt = Arrays.copyOfRange(m, 2 * k + s, 2 * k + 2 * s);
        boolean client = connected.role() == DtlsRole.CLIENT;
        sender = new SrtpSender(suite, client ? clientKey : serverKey, client ? clientSalt : serverSalt);
        receiver = new SrtpReceiver(suite, client ? serverKey : clientKey, client ? serverSalt : clientSalt);
    }

    /**
     * Protects an RTP packet in place; null where that must not be, or there are no keys. For {@code keep} see
     * {@link #sentBefore}.
     */
    ProtectedPacket protectRtp(byte[] data, int length, boolean keep) {
        if (!hasKeys()) {
            return null;
        }
        makeKeys();
        return counted(sender.protectRtp(data, 0, length, keep));
    }

    /** The same for a payload that is shared with others, and only read; a header in front of it. */
    ProtectedPacket protectRtp(
            byte[] header, int headerLength, byte[] payload, int payloadOffset, int payloadLength, boolean keep) {
        if (!hasKeys()) {
            return null;
        }
        makeKeys();
        return counted(sender.protectRtp(header, headerLength, payload, payloadOffset, payloadLength, keep));
    }

    private ProtectedPacket counted(ProtectedPacket p) {
        if (p == null) {
            drops.count("RTP packet with a sequence number used before");
        }
        return p;
    }

    /** What was protected with these keys and kept, or null. */
    ProtectedPacket sentBefore(int ssrc, int sequence) {
        return sender == null ? null : sender.sentBefore(ssrc, sequence);
    }

    /** Protects RTCP in place; null where that cannot be. */
    ProtectedPacket protectRtcp(byte[] data, int length) {
        if (!hasKeys()) {
            return null;
        }
        makeKeys();
        return sender.protectRtcp(data, 0, length);
    }

    /**
     * Unprotects in place; returns the new length, or −1 for what is dropped and counted. Whoever may send this to us
     * is a stranger until it has been done.
     */
    int unprotect(long now, boolean rtcp, LentBytes packet) {
        makeKeys();
        int n = rtcp
                ? receiver.unprotectRtcp(packet.array(), packet.offset(), packet.length())
                : receiver.unprotectRtp(now, packet.array(), packet.offset(), packet.length());
        if (n < 0) {
            drops.count(reason(rtcp, receiver.refusal()));
        }
        return n;
    }

    private static String reason(boolean rtcp, SrtpReceiver.Refusal refusal) {
        return (rtcp ? "SRTCP " : "SRTP ") + refusal;
    }
}
