package dev.jvmrtc.sctp.packet;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;

/**
 * The chunks of a packet (RFC 9260 §3.2), one after the other; one object for all packets.
 *
 * <pre>
 * |  Chunk Type   |  Chunk Flags  |         Chunk Length          |
 * |                          Chunk Value                          |
 * </pre>
 */
public final class ChunkReader {
    /** Chunks in one packet; a packet of bare headers could hold hundreds. */
    public static final int MAX_CHUNKS = 128;

    /** The packet. */
    private LentBytes lent;
    /** What {@link #rest} gives; the same object for every chunk. */
    private final LentBytes rest = LentBytes.reusable();
    /** What is left of the packet. */
    private final ByteReader packet = new ByteReader();
    /** What follows the header of the chunk. */
    private final ByteReader body = new ByteReader();

    private int type;
    private int flags;
    /** Chunks of the packet so far. */
    private int count;

    /** Checks a packet as {@link PacketFormat#open} does, and begins before its first chunk. */
    public void open(PacketFormat format, LentBytes arrived, boolean zeroChecksum) throws MalformedException {
        format.open(packet, arrived.array(), arrived.offset(), arrived.length(), zeroChecksum);
        lent = arrived;
        count = 0;
    }

    /** Goes on to the next chunk; false where there is none. */
    public boolean next() throws MalformedException {
        assert Steps.count();
        if (packet.remaining() < PacketFormat.CHUNK_HEADER_LENGTH) {
            return false;
        }
        type = packet.u8();
        flags = packet.u8();
        int length = packet.u16();
        if (length < PacketFormat.CHUNK_HEADER_LENGTH || count++ == MAX_CHUNKS) {
            throw new MalformedException("chunk of a wrong length, or too many");
        }
        packet.slice(length - PacketFormat.CHUNK_HEADER_LENGTH, body);
        // "The Chunk Length field does not count any chunk padding": it is skipped, if it is there.
        packet.skip(Math.min(-length & 3, packet.remaining()));
        return true;
    }

    public int type() {
        return type;
    }

    public int flags() {
        return flags;
    }

    /**
     * What of the chunk has not been read: the user data, once the header of a DATA chunk has. Lent until the next
     * chunk; the same object for every chunk.
     */
    public LentBytes rest() {
        return rest.lend(lent, body.position() - lent.offset(), body.remaining());
    }

    /** The packet is over: it was lent. */
    public void close() {
        lent = null;
        rest.end();
    }

    /** What follows the chunk's header; the same object for every chunk. */
    public ByteReader body() {
        return body;
    }
}
