package dev.jvmrtc.sctp.packet;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.MalformedException;

/**
 * The SACK chunk (RFC 9260 §3.3.4), read in place: one object serves for all, one after the other, and is valid as long
 * as the packet is.
 *
 * <pre>
 * |   Type = 3    |  Chunk Flags  |         Chunk Length          |
 * |                      Cumulative TSN Ack                       |
 * |          Advertised Receiver Window Credit (a_rwnd)           |
 * | Number of Gap Ack Blocks = N  |  Number of Duplicate TSNs = M |
 * |    Gap Ack Block #1 Start     |     Gap Ack Block #1 End      |   N times
 * |                        Duplicate TSN 1                        |   M times
 * </pre>
 */
public final class Sack {
    private static final int LENGTH = 16;
    private static final int GAP_BLOCK_LENGTH = 4;
    private static final int DUPLICATE_LENGTH = 4;

    private int cumulativeTsn;
    private long advertisedReceiverWindow;
    private int gapBlocks;
    private int duplicates;
    private byte[] data;
    private int at;

    /** Reads what follows the chunk header. */
    public void read(ByteReader body) throws MalformedException {
        cumulativeTsn = body.i32();
        advertisedReceiverWindow = body.u32();
        gapBlocks = body.u16();
        duplicates = body.u16();
        body.require(GAP_BLOCK_LENGTH * gapBlocks + DUPLICATE_LENGTH * duplicates);
        data = body.array();
        at = body.position();
        for (int i = 0; i < gapBlocks; i++) {
            assert Steps.count();
            if (gapStart(i) == 0 || gapStart(i) > gapEnd(i)) {
                throw new MalformedException("SACK with an impossible gap block");
            }
        }
    }

    /** Begins a SACK; its gap blocks and then its duplicate TSNs are to follow. */
    public static void write(
            ByteWriter out, int cumulativeTsn, long advertisedReceiverWindow, int gapBlocks, int duplicates) {
        out.u8(ChunkType.SACK)
                .u8(0)
                .u16(LENGTH + GAP_BLOCK_LENGTH * gapBlocks + DUPLICATE_LENGTH * duplicates)
                .u32(cumulativeTsn)
                .u32(advertisedReceiverWindow)
                .u16(gapBlocks)
                .u16(duplicates);
    }

    public int cumulativeTsn() {
        return cumulativeTsn;
    }

    public long advertisedReceiverWindow() {
        return advertisedReceiverWindow;
    }

    public int gapBlocks() {
        return gapBlocks;
    }

    /** The first TSN of a gap block, counted from the cumulative one. */
    public int gapStart(int block) {
        return Bytes.u16(data, at + GAP_BLOCK_LENGTH * block);
    }

    /** The last. */
    public int gapEnd(int block) {
        return Bytes.u16(data, at + GAP_BLOCK_LENGTH * block + 2);
    }

    public int duplicates() {
        return duplicates;
    }

    public int duplicate(int i) {
        return Bytes.i32(data, at + GAP_BLOCK_LENGTH * gapBlocks + DUPLICATE_LENGTH * i);
    }
}
