package dev.jvmrtc.srtp;

/**
 * Encrypts and authenticates one packet: in place, or on the way from where its payload lies to where it leaves from.
 * {@code index} is the 48-bit SRTP index or the 31-bit SRTCP index; {@code headerLength} bytes stay clear. Holds
 * scratch space, so it serves one thread at a time.
 */
interface PacketCipher {

    /**
     * Protects an RTP packet, whose header stands in the array already; returns its new length.
     *
     * @param packet gets the payload, encrypted, behind the header, and has room for the tag
     * @param payload holds the payload in the clear, and is only read; the very place in {@code packet}, or another
     *     array
     */
    int protectRtp(
            byte[] packet,
            int offset,
            int headerLength,
            byte[] payload,
            int payloadOffset,
            int payloadLength,
            int ssrc,
            long index);

    /** Returns the packet's new length, or −1 where it is not authentic; the bytes are then undefined. */
    int unprotectRtp(byte[] packet, int offset, int length, int headerLength, int ssrc, long index);

    /** Protects an RTCP packet (RFC 3711 §3.4) and appends the index word and the tag. */
    int protectRtcp(byte[] packet, int offset, int length, int ssrc, int index);

    /** Returns the packet's new length, or −1. */
    int unprotectRtcp(byte[] packet, int offset, int length, int ssrc);
}
