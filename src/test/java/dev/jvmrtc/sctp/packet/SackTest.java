package dev.jvmrtc.sctp.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SackTest {

    private static Sack read(String body) throws MalformedException {
        Sack s = new Sack();
        byte[] bytes = HexFormat.of().parseHex(body.replace(" ", ""));
        s.read(new ByteReader(bytes));
        return s;
    }

    @Test
    void gapBlocksAndDuplicatesFollowTheirNumbers() throws MalformedException {
        Sack s = read("fffffffe ffffffff 0002 0003 0002 0003 0005 ffff 00000001 00000002 fffffff0");
        assertEquals(-2, s.cumulativeTsn());
        assertEquals(0xffff_ffffL, s.advertisedReceiverWindow(), "the window has no sign");
        assertEquals(2, s.gapBlocks());
        assertEquals(2, s.gapStart(0));
        assertEquals(3, s.gapEnd(0));
        assertEquals(5, s.gapStart(1));
        assertEquals(65_535, s.gapEnd(1));
        assertEquals(3, s.duplicates());
        assertEquals(1, s.duplicate(0));
        assertEquals(2, s.duplicate(1));
        assertEquals(-16, s.duplicate(2));
    }

    @Test
    void whatIsWrittenIsTheFigureOfTheRfc() {
        ByteWriter w = new ByteWriter();
        Sack.write(w, 0x01020304, 0x0a0b0c0dL, 1, 1);
        w.u16(2).u16(4).u32(0x01020300);
        assertArrayEquals(HexFormat.of().parseHex("03000018010203040a0b0c0d000100010002000401020300"), w.toByteArray());
    }

    @Test
    void moreBlocksOrDuplicatesThanThereAreBytesForAreRefused() {
        assertThrows(MalformedException.class, () -> read("00000001 00000000 0001 0000"));
        assertThrows(MalformedException.class, () -> read("00000001 00000000 0001 0001 0002 0002"));
        assertThrows(MalformedException.class, () -> read("00000001 00000000 ffff ffff 0002 0002"));
        assertThrows(MalformedException.class, () -> read("00000001 00000000 0000"));
    }

    @Test
    void aBlockThatBeginsAtTheCumulativeTsnOrEndsBeforeItBeginsIsRefused() {
        assertThrows(MalformedException.class, () -> read("00000001 00000000 0001 0000 0000 0002"));
        assertThrows(MalformedException.class, () -> read("00000001 00000000 0002 0000 0002 0003 0009 0008"));
    }

    @Test
    void oneObjectReadsOneAfterTheOther() throws MalformedException {
        Sack s = read("00000001 00000064 0001 0001 0002 0003 00000007");
        s.read(new ByteReader(HexFormat.of().parseHex("00000009000000c800000000")));
        assertEquals(9, s.cumulativeTsn());
        assertEquals(200, s.advertisedReceiverWindow());
        assertEquals(0, s.gapBlocks());
        assertEquals(0, s.duplicates());
    }
}
