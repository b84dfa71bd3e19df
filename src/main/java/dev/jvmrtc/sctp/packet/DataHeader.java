package dev.jvmrtc.sctp.packet;

import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;

/**
 * The header of a DATA chunk (RFC 9260 §3.3.1), or of an I-DATA chunk (RFC 8260 §2.1), whose user data is read and written in place.
 *
 * <pre>
 * |   Type = 0    |  Res  |I|U|B|E|            Length             |      |   Type = 64   |  Res  |I|U|B|E|            Length             |
 * |                              TSN                              |      |                              TSN                              |
 * |      Stream Identifier S      |   Stream Sequence Number n    |      |       Stream Identifier       |           Reserved            |
 * |                  Payload Protocol Identifier                  |      |                      Message Identifier                       |
 *                                                                        |    Payload Protocol Identifier, or Fragment Sequence Number   |
 * </pre>
 *
 * @param number the stream sequence number of a DATA chunk, 16 bits, or the message identifier of an I-DATA chunk, 32 bits
 * @param payloadProtocolId of a DATA chunk, and of the first fragment of a message in I-DATA; else 0
 * @param fragment which fragment of its message it is; 0 in DATA, where TSNs tell
 */
public record DataHeader(boolean interleaved, int flags, int tsn, int streamId, int number, int payloadProtocolId, int fragment) {
    public static final int LENGTH = 16;
    public static final int INTERLEAVED_LENGTH = 20;
    public static final int FLAG_END = 1;
    public static final int FLAG_BEGIN = 2;
    public static final int FLAG_UNORDERED = 4;
    /** RFC 7053: the receiver should not delay its SACK. */
    public static final int FLAG_IMMEDIATE = 8;

    /** Reads what follows the chunk header; the user data remains. */
    public static DataHeader read(boolean interleaved, int flags, ByteReader body) throws MalformedException {
        body.require((interleaved ? INTERLEAVED_LENGTH : LENGTH) - SctpPacket.CHUNK_HEADER_LENGTH);
        int tsn = body.i32();
        int streamId = body.u16();
        int sequence = body.u16();
        if (!interleaved) {
            return new DataHeader(false, flags, tsn, streamId, sequence, body.i32(), 0);
        }
        int message = body.i32();
        int last = body.i32();
        boolean begins = (flags & FLAG_BEGIN) != 0;
        return new DataHeader(true, flags, tsn, streamId, message, begins ? last : 0, begins ? 0 : last);
    }

    /** Writes the chunk's header for so many bytes of user data. */
    public static void write(ByteWriter out, boolean interleaved, int flags, int length, int tsn, int streamId, int number, int payloadProtocolId, int fragment) {
        if (!interleaved) {
            out.u8(ChunkType.DATA).u8(flags).u16(LENGTH + length).u32(tsn).u16(streamId).u16(number & 0xffff).u32(payloadProtocolId);
        } else {
            out.u8(ChunkType.I_DATA).u8(flags).u16(INTERLEAVED_LENGTH + length).u32(tsn).u16(streamId).u16(0).u32(number)
                .u32((flags & FLAG_BEGIN) != 0 ? payloadProtocolId : fragment);
        }
    }

    public boolean begins() {
        return (flags & FLAG_BEGIN) != 0;
    }

    public boolean ends() {
        return (flags & FLAG_END) != 0;
    }

    public boolean isUnordered() {
        return (flags & FLAG_UNORDERED) != 0;
    }

    public boolean isImmediate() {
        return (flags & FLAG_IMMEDIATE) != 0;
    }
}
