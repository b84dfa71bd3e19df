package dev.jvmrtc.rtp.receive;

import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.wire.Bytes;

/** RTX (RFC 4588): each packet with content is one that was sent before, from a source of its own. */
public final class RtxRepair implements Repair {
    /** §4: "The retransmission payload header": the original sequence number (OSN). */
    private static final int HEADER = 2;

    private final int payloadType;
    private final RtpPacket restored = new RtpPacket();

    /** @param payloadType of what is repaired, which the apt of the RTX names (§8.1) */
    public RtxRepair(int payloadType) {
        this.payloadType = payloadType;
    }

    /** A packet without content probes the path, and restores nothing. */
    @Override
    public void handlePacket(long now, RtpPacket rtx, int ssrc, Output out) {
        int content = rtx.payloadLength() - HEADER;
        if (content <= 0) {
            return;
        }
        // §4: "The M bit, the CSRC count, and the CSRC list of the original RTP header MUST be copied "as is"", and
        // header extensions and the timestamp are the original's, too: numbers and type are all that is put back.
        int header = rtx.headerLength();
        byte[] packet = new byte[header + content];
        byte[] d = rtx.array();
        System.arraycopy(d, rtx.offset(), packet, 0, header);
        packet[0] &= ~0x20; // the padding is the repair's own
        packet[1] = (byte) ((rtx.marker() ? 0x80 : 0) | payloadType);
        Bytes.put16(packet, 2, Bytes.u16(d, rtx.payloadOffset()));
        Bytes.put32(packet, 8, ssrc);
        System.arraycopy(d, rtx.payloadOffset() + HEADER, packet, header, content);
        if (restored.wrap(packet, 0, packet.length)) {
            out.restored(now, restored);
        }
    }
}
