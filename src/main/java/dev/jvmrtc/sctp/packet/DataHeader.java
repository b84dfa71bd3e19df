package dev.jvmrtc.sctp.packet;

import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;

/**
 * The header of a DATA chunk (RFC 9260 §3.3.1), or of an I-DATA chunk (RFC 8260 §2.1), whose user data is read and
 * written in place.
 *
 * <pre>
 * |   Type = 0    |  Res  |I|U|B|E|            Length             |      |   Type = 64   |  Res  |I|U|B|E|            Length             |
 * |                              TSN                              |      |                              TSN                              |
 * |      Stream Identifier S      |   Stream Sequence Number n    |      |       Stream Identifier       |           Reserved            |
 * |                  Payload Protocol Identifier                  |      |                      Message Identifier                       |
 *                                                                        |    Payload Protocol Identifier, or Fragment Sequence Number   |
 * </pre>
 *
 * One object serves for all chunks, one after the other; a {@link #copy} is kept.
 */
public final class DataHeader {
    public static final int LENGTH = 16;
    public static final int INTERLEAVED_LENGTH = 20;
    public static final int FLAG_END = 1;
    public static final int FLAG_BEGIN = 2;
    public static final int FLAG_UNORDERED = 4;
    /** RFC 7053: the receiver should not delay its SACK. */
    public static final int FLAG_IMMEDIATE = 8;

    private boolean interleaved;
    private int flags;
    private int tsn;
    private int streamId;
    private int number;
    private int payloadProtocolId;
    private int fragment;

    /** Reads what follows the chunk header; the user data remains. */
    public void read(boolean isInterleaved, int chunkFlags, ByteReader body) throws MalformedException {
        body.require((isInterleaved ? INTERLEAVED_LENGTH : LENGTH) - PacketFormat.CHUNK_HEADER_LENGTH);
        interleaved = isInterleaved;
        flags = chunkFlags;
        tsn = body.i32();
        streamId = body.u16();
        int sequence = body.u16();
        number = isInterleaved ? body.i32() : sequence;
        int last = body.i32();
        boolean identifies = !isInterleaved || begins();
        payloadProtocolId = identifies ? last : 0;
        fragment = identifies ? 0 : last;
    }

    public DataHeader copy() {
        DataHeader c = new DataHeader();
        c.interleaved = interleaved;
        c.flags = flags;
        c.tsn = tsn;
        c.streamId = streamId;
        c.number = number;
        c.payloadProtocolId = payloadProtocolId;
        c.fragment = fragment;
        return c;
    }

    /** Writes the chunk's header for so many bytes of user data. */
    public static void write(
            ByteWriter out,
            boolean interleaved,
            int flags,
            int length,
            int tsn,
            int streamId,
            int number,
            int payloadProtocolId,
            int fragment) {
        if (!interleaved) {
            out.u8(ChunkType.DATA)
                    .u8(flags)
                    .u16(LENGTH + length)
                    .u32(tsn)
                    .u16(streamId)
                    .u16(number & 0xffff)
                    .u32(payloadProtocolId);
        } else {
            out.u8(ChunkType.I_DATA)
                    .u8(flags)
                    .u16(INTERLEAVED_LENGTH + length)
                    .u32(tsn)
                    .u16(streamId)
                    .u16(0)
                    .u32(number)
                    .u32((flags & FLAG_BEGIN) != 0 ? payloadProtocolId : fragment);
        }
    }

    public boolean interleaved() {
        return interleaved;
    }

    public int tsn() {
        return tsn;
    }

    public int streamId() {
        return streamId;
    }

    /** The stream sequence number of a DATA chunk, 16 bits, or the message identifier of an I-DATA chunk, 32 bits. */
    public int number() {
        return number;
    }

    /** Of a DATA chunk, and of the first fragment of a message in I-DATA; else 0. */
    public int payloadProtocolId() {
        return payloadProtocolId;
    }

    /** Which fragment of its message it is; 0 in DATA, where TSNs tell. */
    public int fragment() {
        return fragment;
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
