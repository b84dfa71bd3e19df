package dev.jvmrtc.srtp;

import dev.jvmrtc.wire.Bytes;
import java.util.HashMap;
import java.util.Map;

/**
 * Protects outgoing RTP and RTCP, in place or from a payload that others read too; each source with a rollover counter
 * of its own (RFC 3711 §3.2.1). One thread at a time.
 */
public final class SrtpSender {
    private static final int MAX_RTCP_INDEX = 0x7fffffff;
    private static final int USUAL_LENGTH = 1_500;

    private static final class Source {
        long highestIndex = -1;
        SentPackets kept;
    }

    private final SrtpSuite suite;
    private final PacketCipher rtp;
    private final PacketCipher rtcp;
    private final Map<Integer, Source> sources = new HashMap<>();
    private final ProtectedPacket lent = new ProtectedPacket();
    /** The source of the last packet, to which most often the next one belongs; null before the first. */
    private Source latest;

    private int latestSsrc;
    private int rtcpIndex;
    /** Where packets are put together whose payload lies elsewhere. */
    private byte[] out = {};

    public SrtpSender(SrtpSuite suite, byte[] masterKey, byte[] masterSalt) {
        this.suite = suite;
        this.rtp = Ciphers.create(suite, SrtpKeys.derive(suite, masterKey, masterSalt, false));
        this.rtcp = Ciphers.create(suite, SrtpKeys.derive(suite, masterKey, masterSalt, true));
    }

    public SrtpSuite suite() {
        return suite;
    }

    /** The same as {@link #protectRtp(byte[], int, int, boolean)} for a packet that will not be sent again. */
    public ProtectedPacket protectRtp(byte[] packet, int offset, int length) {
        return protectRtp(packet, offset, length, false);
    }

    /**
     * Protects an RTP packet whose array has room for {@link SrtpSuite#rtpOverhead()} more bytes.
     *
     * @param keep whether {@link #sentBefore} shall find it for some time
     * @return the packet, or null where its index has been used before or would be: protecting twice under one index
     *     gives the key stream away, and with GCM the authentication key too, so packets must come in increasing order
     */
    public ProtectedPacket protectRtp(byte[] packet, int offset, int length, boolean keep) {
        int headerLength = RtpHeaders.length(packet, offset, length);
        return protectRtp(packet, offset, headerLength, packet, offset + headerLength, length - headerLength, keep);
    }

    /**
     * Protects an RTP packet whose payload lies elsewhere, perhaps for several senders at once: it is only read.
     *
     * @param header the whole header of the packet, from index 0
     * @param keep as above
     * @return as above
     */
    public ProtectedPacket protectRtp(
            byte[] header, int headerLength, byte[] payload, int payloadOffset, int payloadLength, boolean keep) {
        int most = headerLength + payloadLength + suite.rtpOverhead();
        if (out.length < most) {
            out = new byte[Math.max(most, USUAL_LENGTH)];
        }
        System.arraycopy(header, 0, out, 0, headerLength);
        int found = RtpHeaders.length(out, 0, headerLength);
        return protectRtp(out, 0, found == headerLength ? found : -1, payload, payloadOffset, payloadLength, keep);
    }

    private ProtectedPacket protectRtp(
            byte[] packet,
            int offset,
            int headerLength,
            byte[] payload,
            int payloadOffset,
            int payloadLength,
            boolean keep) {
        if (headerLength < 0) {
            throw new IllegalArgumentException("not an RTP packet");
        }
        int ssrc = Bytes.i32(packet, offset + 8);
        int sequence = Bytes.u16(packet, offset + 2);
        Source source = source(ssrc);
        long index = source.highestIndex < 0 ? sequence : RtpHeaders.estimateIndex(source.highestIndex, sequence);
        if (index <= source.highestIndex) {
            return null;
        }
        source.highestIndex = index;
        int n = rtp.protectRtp(packet, offset, headerLength, payload, payloadOffset, payloadLength, ssrc, index);
        if (keep) {
            if (source.kept == null) {
                source.kept = new SentPackets();
            }
            source.kept.keep(sequence, packet, offset, n);
        }
        return lent.view(packet, offset, n);
    }

    private Source source(int ssrc) {
        if (latest == null || latestSsrc != ssrc) {
            latest = sources.computeIfAbsent(ssrc, s -> new Source());
            latestSsrc = ssrc;
        }
        return latest;
    }

    /** A packet that was protected and kept before, byte for byte, or null where it is not here (any more). */
    public ProtectedPacket sentBefore(int ssrc, int sequence) {
        Source source = sources.get(ssrc);
        return source == null || source.kept == null ? null : source.kept.find(sequence, lent);
    }

    /**
     * Protects a compound RTCP packet, whose array has room for {@link SrtpSuite#rtcpOverhead()} more bytes; null when
     * all 2^31 indexes are used up.
     */
    public ProtectedPacket protectRtcp(byte[] packet, int offset, int length) {
        if (rtcpIndex == MAX_RTCP_INDEX) {
            return null;
        }
        int n = rtcp.protectRtcp(packet, offset, length, Bytes.i32(packet, offset + 4), ++rtcpIndex);
        return lent.view(packet, offset, n);
    }
}
