package dev.jvmrtc.session.transport;

import dev.jvmrtc.wire.LentBytes;

/**
 * What a datagram is, by its first byte (RFC 7983 §7; DTLS takes 20 … 63 so that the unified header of DTLS 1.3 fits).
 */
enum PacketKind {
    STUN,
    DTLS,
    TURN_CHANNEL,
    RTP,
    UNKNOWN;

    static PacketKind of(LentBytes packet) {
        int b = packet.u8(0);
        if (b <= 3) {
            return STUN;
        }
        if (b >= 20 && b <= 63) {
            return DTLS;
        }
        if (b >= 64 && b <= 79) {
            return TURN_CHANNEL;
        }
        return b >= 128 && b <= 191 ? RTP : UNKNOWN;
    }
}
