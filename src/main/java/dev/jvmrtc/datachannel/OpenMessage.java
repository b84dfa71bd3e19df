package dev.jvmrtc.datachannel;

import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
import java.nio.charset.StandardCharsets;

/**
 * DATA_CHANNEL_OPEN (RFC 8832 §5.1).
 *
 * <pre>
 * |  Message Type |  Channel Type |            Priority           |
 * |                    Reliability Parameter                      |
 * |         Label Length          |       Protocol Length         |
 * |                             Label                             |
 * |                            Protocol                           |
 * </pre>
 */
final class OpenMessage {
    static final int TYPE = 0x03;
    static final int ACK_TYPE = 0x02;
    private static final int UNORDERED = 0x80;
    private static final int PARTIAL_REXMIT = 1;
    private static final int PARTIAL_TIMED = 2;

    private OpenMessage() {}

    static byte[] write(ChannelParameters p) {
        byte[] label = p.label().getBytes(StandardCharsets.UTF_8);
        byte[] protocol = p.protocol().getBytes(StandardCharsets.UTF_8);
        int kind =
                p.maxRetransmits() != null ? PARTIAL_REXMIT : p.maxPacketLifeTimeMillis() != null ? PARTIAL_TIMED : 0;
        int reliability = p.maxRetransmits() != null
                ? p.maxRetransmits()
                : p.maxPacketLifeTimeMillis() != null ? p.maxPacketLifeTimeMillis() : 0;
        return new ByteWriter(12 + label.length + protocol.length)
                .u8(TYPE)
                .u8(kind | (p.ordered() ? 0 : UNORDERED))
                .u16(p.priority())
                .u32(reliability)
                .u16(label.length)
                .u16(protocol.length)
                .bytes(label)
                .bytes(protocol)
                .toByteArray();
    }

    static ChannelParameters parse(byte[] data) throws MalformedException {
        ByteReader r = new ByteReader(data);
        if (r.u8() != TYPE) {
            throw new MalformedException("not a DATA_CHANNEL_OPEN");
        }
        int type = r.u8();
        int priority = r.u16();
        long reliability = r.u32();
        int labelLength = r.u16();
        int protocolLength = r.u16();
        String label = r.utf8(labelLength);
        String protocol = r.utf8(protocolLength);
        Integer value = (int) Math.min(reliability, 65_535);
        return switch (type & ~UNORDERED) {
            case 0 -> new ChannelParameters(label, protocol, (type & UNORDERED) == 0, null, null, false, priority);
            case PARTIAL_REXMIT ->
                new ChannelParameters(label, protocol, (type & UNORDERED) == 0, value, null, false, priority);
            case PARTIAL_TIMED ->
                new ChannelParameters(label, protocol, (type & UNORDERED) == 0, null, value, false, priority);
            default -> throw new MalformedException("unknown channel type");
        };
    }
}
