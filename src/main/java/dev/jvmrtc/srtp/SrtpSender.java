package dev.jvmrtc.srtp;

import dev.jvmrtc.wire.Bytes;
import java.util.HashMap;
import java.util.Map;

/** Protects outgoing RTP and RTCP in place, each source with a rollover counter of its own (RFC 3711 §3.2.1). One thread at a time. */
public final class SrtpSender {
    private static final int MAX_RTCP_INDEX = 0x7fffffff;

    private static final class Source {
        long highestIndex = -1;
    }

    private final SrtpSuite suite;
    private final PacketCipher rtp;
    private final PacketCipher rtcp;
    private final Map<Integer, Source> sources = new HashMap<>();
    private int rtcpIndex;

    public SrtpSender(SrtpSuite suite, byte[] masterKey, byte[] masterSalt) {
        this.suite = suite;
        this.rtp = Ciphers.create(suite, SrtpKeys.derive(suite, masterKey, masterSalt, false));
        this.rtcp = Ciphers.create(suite, SrtpKeys.derive(suite, masterKey, masterSalt, true));
    }

    public SrtpSuite suite() {
        return suite;
    }

    /**
     * Protects an RTP packet whose array has room for {@link SrtpSuite#rtpOverhead()} more bytes.
     *
     * @return the new length, or −1 where its index has been used before or would be: protecting twice under one index gives the key stream away, and with GCM
     *     the authentication key too, so packets must come in increasing order
     */
    public int protectRtp(byte[] packet, int offset, int length) {
        int headerLength = RtpHeaders.length(packet, offset, length);
        if (headerLength < 0) {
            throw new IllegalArgumentException("not an RTP packet");
        }
        int ssrc = Bytes.i32(packet, offset + 8);
        int sequence = Bytes.u16(packet, offset + 2);
        Source source = sources.computeIfAbsent(ssrc, s -> new Source());
        long index = source.highestIndex < 0 ? sequence : RtpHeaders.estimateIndex(source.highestIndex, sequence);
        if (index <= source.highestIndex) {
            return -1;
        }
        source.highestIndex = index;
        return rtp.protectRtp(packet, offset, length, headerLength, ssrc, index);
    }

    /** Protects a compound RTCP packet; −1 when all 2^31 indexes are used up. */
    public int protectRtcp(byte[] packet, int offset, int length) {
        if (rtcpIndex == MAX_RTCP_INDEX) {
            return -1;
        }
        return rtcp.protectRtcp(packet, offset, length, Bytes.i32(packet, offset + 4), ++rtcpIndex);
    }
}
