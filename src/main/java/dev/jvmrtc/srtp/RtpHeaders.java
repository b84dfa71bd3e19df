package dev.jvmrtc.srtp;

import dev.jvmrtc.wire.Bytes;

/** What SRTP must know of the RTP header: its length and its sequence number. */
final class RtpHeaders {

    private RtpHeaders() {}

    /** Header length with CSRCs and extension, or −1 where the packet is too short for it. */
    static int length(byte[] p, int offset, int length) {
        if (length < 12 || (p[offset] & 0xc0) != 0x80) {
            return -1;
        }
        int n = 12 + 4 * (p[offset] & 15);
        if ((p[offset] & 0x10) != 0) {
            if (length < n + 4) {
                return -1;
            }
            n += 4 + 4 * Bytes.u16(p, offset + n + 2);
        }
        return n <= length ? n : -1;
    }

    /**
     * RFC 3711 §3.3.1: the 48-bit index nearest to the highest one so far whose low 16 bits are the sequence number.
     */
    static long estimateIndex(long highest, int sequence) {
        long index = (highest & ~0xffffL) | sequence;
        long distance = index - highest;
        if (distance > 0x8000 && index >= 0x10000) {
            return index - 0x10000;
        }
        return distance < -0x8000 ? index + 0x10000 : index;
    }
}
