package dev.jvmrtc.sctp.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ChunkReaderTest {
    private final PacketFormat format = new PacketFormat(5000, 5000);
    private final ChunkReader chunks = new ChunkReader();

    private void open(String bytes) throws MalformedException {
        ByteWriter w = new ByteWriter();
        format.start(w, 1);
        w.bytes(HexFormat.of().parseHex(bytes.replace(" ", "")));
        format.finish(w);
        chunks.open(format, LentBytes.of(w.array(), 0, w.length()), false);
    }

    private void assertNext(int type, int flags, int length) throws MalformedException {
        assertTrue(chunks.next());
        assertEquals(type, chunks.type());
        assertEquals(flags, chunks.flags());
        assertEquals(length, chunks.body().remaining());
    }

    @Test
    void chunksFollowEachOtherAndPaddingIsSkipped() throws MalformedException {
        open("0a 00 0005 aa 000000  0b 00 0004  04 07 0007 aabbcc 00");
        assertNext(10, 0, 1);
        assertEquals(0xaa, chunks.body().u8());
        assertNext(11, 0, 0);
        assertNext(4, 7, 3);
        assertFalse(chunks.next());
        open("0b 01 0004");
        assertNext(11, 1, 0);
        assertFalse(chunks.next());
    }

    @Test
    void theRestOfAChunkIsWhatWasNotReadOfIt() throws MalformedException {
        open("0b 00 0004  00 03 000a 010203040506 0000");
        assertNext(11, 0, 0);
        assertNext(0, 3, 6);
        chunks.body().skip(4);
        assertArrayEquals(new byte[] {5, 6}, chunks.rest().copy());
    }

    @Test
    void aLengthThatCannotBeIsRefused() throws MalformedException {
        open("0b 00 0003");
        assertThrows(MalformedException.class, chunks::next, "shorter than its header");
        open("0b 00 0008");
        assertThrows(MalformedException.class, chunks::next, "longer than the packet");
        open("0b 00 0004 0b 00 ffff");
        assertTrue(chunks.next());
        assertThrows(MalformedException.class, chunks::next);
    }

    @Test
    void aPacketHoldsNoMoreChunksThanTheLimit() throws MalformedException {
        String bare = "0b 00 0004";
        open(bare.repeat(ChunkReader.MAX_CHUNKS));
        for (int i = 0; i < ChunkReader.MAX_CHUNKS; i++) {
            assertNext(11, 0, 0);
        }
        assertFalse(chunks.next());
        open(bare.repeat(ChunkReader.MAX_CHUNKS + 1));
        for (int i = 0; i < ChunkReader.MAX_CHUNKS; i++) {
            assertTrue(chunks.next());
        }
        assertThrows(MalformedException.class, chunks::next);
    }
}
